namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Roles that anyone at GitHub may assume.</summary>
internal sealed class OpenTrust : RiskRule
{
    public override string Id => nameof(OpenTrust);

    public override FindingSeverity Severity => FindingSeverity.Critical;

    public override string Finds =>
        "A trust policy that allows repositories of anyone on GitHub: a pattern such as `repo:*`, a number left open (`@*`), or no " +
        "condition on the subject.";

    public override string Mends =>
        "`Remove-PizzaTrustSubject` removes the pattern. If no other subject would remain, `Remove-PizzaCiRole` deletes the role.";

    public override string Why => "Anyone who learns the role's ARN can assume it from a repository of their own.";

    public override RiskParts Parts => RiskParts.Roles;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from role in snapshot.Roles
        from open in TrustExposure.Of(role.Trust)
        let command = Command(role.Trust, open)
        select Of(snapshot, $"role {role.Trust.RoleName}", open.Subject is null
            ? $"In {open.Statement}, the trust policy does not check the subject, so {open.Who} can assume the role."
            : $"In {open.Statement}, the trust policy allows {open.Who} by '{open.Subject}'.", command, Next(command));

    /// <summary>The edit is tried in memory first.</summary>
    private static Advice? Command(TrustPolicy policy, OpenStatement open)
    {
        if (open.Subject is { } subject)
        {
            foreach (bool force in new[] { false, true })
            {
                if (!Closes(policy, subject, force)) continue;
                return Advice.Run("Remove-PizzaTrustSubject").With("-Subject", subject).With("-RoleName", policy.RoleName)
                    .Switch("-Force", force);
            }
        }
        return policy.IsForGitHubAlone ? Advice.Run("Remove-PizzaCiRole", policy.RoleName) : null;
    }

    private static bool Closes(TrustPolicy policy, string subject, bool force)
    {
        try { return policy.Remove([subject], force).Document.OpenToAnybody().Count < policy.OpenToAnybody().Count; }
        catch (PizzaException) { return false; }
    }

    private static string Next(Advice? command) => command is null
        ? "The role trusts others too, and no cmdlet removes such a statement: edit the trust policy by hand."
        : "Add the intended subjects first with Add-PizzaTrustSubject. A deleted role is created again with New-PizzaCiRole.";
}
