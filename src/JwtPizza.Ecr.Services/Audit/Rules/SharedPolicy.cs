namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Policies of CI roles that others have too.</summary>
internal sealed class SharedPolicy : RiskRule
{
    public override string Id => nameof(SharedPolicy);

    public override FindingSeverity Severity => FindingSeverity.Medium;

    public override string Finds => "A managed policy of a CI role, of your account, that another role, user or group has too.";

    public override string Mends =>
        "`Revoke-PizzaRolePolicy` detaches it from the role that the policy is not named after. `Grant-PizzaCiPolicy` creates another one.";

    public override string Why => "What is granted to one is granted to all of them, and a revocation breaks the others.";

    public override RiskParts Parts => RiskParts.Roles | RiskParts.Policies | RiskParts.Holders;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from policy in snapshot.Holders.OrderBy(h => h.Key, StringComparer.Ordinal)
        where policy.Value.Count > 1
        let name = Arn.Parse(policy.Key).ResourceName
        let owner = Owner(name, policy.Value)
        from other in policy.Value
        where other != owner
        select Of(snapshot, $"{other.Kind} {other.Name}", $"It has the policy '{name}', which the {owner.Kind} '{owner.Name}' has too.",
            other.Kind == "role" ? Advice.Run("Revoke-PizzaRolePolicy", other.Name, name)
                : Advice.Run("aws", "iam", $"detach-{other.Kind}-policy").With($"--{other.Kind}-name", other.Name)
                    .With("--policy-arn", policy.Key),
            "Give it a policy of its own first, with Grant-PizzaCiPolicy.");

    /// <summary>The role that the policy is named after; else the first.</summary>
    private static (string Kind, string Name) Owner(string policy, IReadOnlyList<(string Kind, string Name)> holders) =>
        holders.OrderBy(h => h.Kind == "role" && CiPolicy.NameFor(h.Name) == policy ? 0 : h.Kind == "role" ? 1 : 2)
            .ThenBy(h => h.Name, StringComparer.Ordinal).First();
}
