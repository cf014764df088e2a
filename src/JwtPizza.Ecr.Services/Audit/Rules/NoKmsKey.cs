namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Repositories that are not encrypted with a key of KMS, where that is asked for.</summary>
internal sealed class NoKmsKey : RiskRule
{
    public override string Id => nameof(NoKmsKey);

    public override FindingSeverity Severity => FindingSeverity.Low;

    public override string Finds => "With `-RequireKms`: a repository that is encrypted by ECR (AES256) and not with a KMS key.";

    public override string Mends =>
        "No single command, because the encryption of a repository is fixed: `New-PizzaRepository -EncryptionType KMS`, `Copy-PizzaImage`.";

    public override string Why => "Access to the images cannot be limited or logged by the key.";

    public override RiskParts Parts => RiskParts.Repositories;

    public override bool IsOptional => true;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) =>
        from facts in snapshot.Repositories
        where !facts.Repository.EncryptionType.StartsWith("KMS", StringComparison.Ordinal)
        let name = facts.Repository.RepositoryName
        select Of(snapshot, facts, $"It is encrypted with {facts.Repository.EncryptionType}, not with a KMS key.", null,
            $"ECR fixes the encryption of a repository: create another one with {Advice.Run("New-PizzaRepository", $"{name}-kms")
                .With("-EncryptionType", "KMS")}, copy the images with Copy-PizzaImage, and remove this one.");
}
