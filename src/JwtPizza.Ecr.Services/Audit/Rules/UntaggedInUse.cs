namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Images in use without a tag.</summary>
internal sealed class UntaggedInUse : RiskRule
{
    private const int ShortDigest = 12;

    public override string Id => nameof(UntaggedInUse);

    public override FindingSeverity Severity => FindingSeverity.Medium;

    public override string Finds => "An image without a tag that a service or task of ECS uses.";

    public override string Mends => "`Copy-PizzaImage -Tag` tags it again.";

    public override string Why =>
        "Lifecycle rules and people delete untagged images first, and the next task cannot pull an image that was deleted.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Use | RiskParts.Images;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        from image in facts.Used
        where image.ImageTags.Count == 0
        select Of(snapshot, facts, $"{image.ImageDigest}, which {image.User.Text} uses, has no tag.",
            Advice.Run("Copy-PizzaImage", facts.Repository.RepositoryName).With("-ImageDigest", image.ImageDigest)
                .With("-Tag", $"in-use-{image.ImageDigest.Split(':')[^1][..ShortDigest]}"));
}
