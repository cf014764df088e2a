namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Images in use with critical vulnerabilities.</summary>
internal sealed class CriticalInUse : RiskRule
{
    public override string Id => nameof(CriticalInUse);

    public override FindingSeverity Severity => FindingSeverity.High;

    public override string Finds => "An image that a service or task of ECS uses, and in which a scan has found a CRITICAL vulnerability.";

    public override string Mends =>
        "`Update-PizzaService -ImageUri` with the newest scanned image without one. If there is none, build one on a newer base image.";

    public override string Why => "The service runs with a known vulnerability.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Use | RiskParts.Images | RiskParts.Findings;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        from image in facts.Used
        where image.Criticals > 0
        select Of(snapshot, facts, $"{Named(image)}, which {image.User.Text} uses, has {image.Criticals} CRITICAL " +
            $"{(image.Criticals == 1 ? "finding" : "findings")}.", Command(facts.Repository, image), Next(facts.Repository, image));

    private static Advice? Command(Repository repository, UsedImage image) =>
        image is { Better: { } tag, User: { Cluster: { } cluster, Service: { } service } }
            ? Advice.Run("Update-PizzaService").With("-Cluster", cluster).With("-Service", service)
                .With("-ImageUri", $"{repository.RepositoryUri}:{tag}") : null;

    private static string Next(Repository repository, UsedImage image) =>
        $"{Advice.Run("Get-PizzaScanFinding", repository.RepositoryName).With("-ImageDigest", image.ImageDigest)} lists them. " +
        (image.Better is { } tag ? $"'{tag}' is the newest image that was scanned and has none."
            : "No newer image of the repository is known to have none: build one on a newer base image, and deploy it.");
}
