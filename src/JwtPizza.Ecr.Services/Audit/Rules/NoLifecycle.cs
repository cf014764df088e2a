namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Repositories that never clean themselves.</summary>
internal sealed class NoLifecycle : RiskRule
{
    public override string Id => nameof(NoLifecycle);

    public override FindingSeverity Severity => FindingSeverity.Low;

    public override string Finds => "A repository without a lifecycle policy.";

    public override string Mends => "`Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10`.";

    public override string Why => "Old images remain, cost storage, and can be deployed with their vulnerabilities.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Lifecycle;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        where facts.Lifecycle is { PolicyText: null }
        let name = facts.Repository.RepositoryName
        select Of(snapshot, facts, "It has no lifecycle policy.",
            Advice.Run("Set-PizzaLifecycle", name).With("-UntaggedDays", "1").With("-KeepLast", "10"));
}
