namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Images in use that the lifecycle policy in force takes at its next run.</summary>
internal sealed class LifecycleTakesUsedImage : RiskRule
{
    public override string Id => nameof(LifecycleTakesUsedImage);

    public override FindingSeverity Severity => FindingSeverity.High;

    public override string Finds =>
        "An image that a service or task of ECS uses, and that a lifecycle rule in force will delete or archive at its next run.";

    public override string Mends => "`Remove-PizzaLifecycle -Priority` removes the rule. Set one that keeps more images then.";

    public override string Why => "Lifecycle rules run within 24 hours, and the next task then cannot pull the image.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Use | RiskParts.Images | RiskParts.Lifecycle;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        from rule in facts.Expiring.GroupBy(e => e.Priority)
        let taken = rule.SelectMany(e => facts.Used.Where(u => u.ImageDigest == e.ImageDigest)).ToArray()
        where taken.Length > 0
        select Of(snapshot, facts,
            $"Lifecycle rule {rule.Key} will delete or archive " +
            $"{string.Join(", ", taken.Select(t => $"{Named(t)}, which {t.User.Text} uses"))}.",
            Advice.Run("Remove-PizzaLifecycle", facts.Repository.RepositoryName).With("-Priority", $"{rule.Key}"));
}
