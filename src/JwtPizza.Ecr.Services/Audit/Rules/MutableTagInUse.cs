namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Tags that ECS pulls by, and that anyone who may push can move.</summary>
internal sealed class MutableTagInUse : RiskRule
{
    public override string Id => nameof(MutableTagInUse);

    public override FindingSeverity Severity => FindingSeverity.Medium;

    public override string Finds => "A tag by which a service or task of ECS pulls, in a repository in which that tag can be pushed again.";

    public override string Mends =>
        "`Set-PizzaRepository -ImageTagMutability IMMUTABLE`. Deploy by digest or with a tag for each version then.";

    public override string Why => "The next task can run another image than the last one, without a deployment.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Use;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        let mutability = TagMutability.Of(facts.Repository)
        let used = snapshot.Use.TagsOf(facts.Repository).Where(t => !mutability.IsImmutable(t.Tag)).ToArray()
        where used.Length > 0
        select Of(snapshot, facts,
            $"{string.Join(", ", used.Select(u => $"'{u.Tag}', by which {u.User.Text} pulls,"))} can be moved to another image.",
            Advice.Run("Set-PizzaRepository", facts.Repository.RepositoryName).With("-ImageTagMutability", "IMMUTABLE"));
}
