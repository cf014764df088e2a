namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Images in use that were not scanned.</summary>
internal sealed class UnscannedInUse : RiskRule
{
    public override string Id => nameof(UnscannedInUse);

    public override FindingSeverity Severity => FindingSeverity.Medium;

    public override string Finds => "An image that a service or task of ECS uses, and that ECR has not scanned.";

    public override string Mends => "`Get-PizzaScanFinding -StartScan -Wait`.";

    public override string Why => "Its known vulnerabilities remain unnoticed.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Use | RiskParts.Images | RiskParts.Findings;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        from image in facts.Used
        where image.IsScanned == false
        select Of(snapshot, facts, $"{Named(image)}, which {image.User.Text} uses, has not been scanned.",
            Advice.Run("Get-PizzaScanFinding", facts.Repository.RepositoryName).With("-ImageDigest", image.ImageDigest)
                .Switch("-StartScan").Switch("-Wait"));
}
