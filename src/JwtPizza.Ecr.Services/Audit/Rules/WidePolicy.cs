namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Policies of CI roles that reach further than named repositories and services.</summary>
internal sealed class WidePolicy : RiskRule
{
    private const string Update = "ecs:UpdateService";

    public override string Id => nameof(WidePolicy);

    public override FindingSeverity Severity => FindingSeverity.High;

    public override string Finds =>
        "A managed policy of a CI role that allows pushing to a pattern of repositories, redeploying a pattern of services, or " +
        "everything except what it names.";

    public override string Mends =>
        "`Revoke-PizzaRolePolicy` detaches the policy. Grant the intended repositories first, with `Grant-PizzaCiPolicy -PolicyName`.";

    public override string Why => "One workflow can overwrite the images of all services, also of those that are made later.";

    public override RiskParts Parts => RiskParts.Roles | RiskParts.Policies;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from role in snapshot.Roles
        from policy in role.Policies
        let wide = Wide(policy.Document).ToArray()
        where wide.Length > 0
        select Of(snapshot, $"role {role.Trust.RoleName}", $"The policy '{policy.Document.PolicyName}' allows {string.Join(", ", wide)}.",
            Advice.Run("Revoke-PizzaRolePolicy", role.Trust.RoleName, policy.Document.PolicyName),
            "Grant the intended repositories in another policy first, with Grant-PizzaCiPolicy -PolicyName.");

    private static IEnumerable<string> Wide(CiPolicy policy)
    {
        foreach (CiPolicyReach reach in CiPolicyReach.Of(policy).Where(r => r.CanPush && IamPattern.IsPattern(r.Resource)))
            yield return $"pushing to {reach.Resource}";
        foreach (string service in policy.Statements.Where(s => s.Allows && s.CoversAction(Update)).SelectMany(s => s.Resources ?? [])
            .Where(IamPattern.IsPattern).Distinct())
            yield return $"redeploying {service}";
        foreach (Statement statement in policy.Statements.Where(s => s.Allows && s.HasNot))
            yield return $"everything except what {statement} names";
    }
}
