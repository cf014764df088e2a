namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Repositories whose images are not scanned.</summary>
internal sealed class ScanningOff : RiskRule
{
    private const string Enhanced = "ENHANCED", Manual = "MANUAL";

    public override string Id => nameof(ScanningOff);

    public override FindingSeverity Severity => FindingSeverity.Medium;

    public override string Finds =>
        "A repository whose images are not scanned when they are pushed: neither by its own setting nor by a rule of the registry.";

    public override string Mends => "`Set-PizzaRepository -ScanOnPush`, or with enhanced scanning `Set-PizzaScanning -ScanOnPush NAME`.";

    public override string Why => "Known vulnerabilities in its images remain unnoticed.";

    public override RiskParts Parts => RiskParts.Repositories | RiskParts.Scanning;

    public override IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot) => snapshot.Scanning is not { } scanning ? []
        : from facts in snapshot.Repositories
          where !IsScanned(facts.Repository, scanning)
          let name = facts.Repository.RepositoryName
          select Of(snapshot, facts, "Its images are not scanned when they are pushed.", scanning.ScanType == Enhanced
              ? Advice.Run("Set-PizzaScanning").With("-ScanOnPush", name) : Advice.Run("Set-PizzaRepository", name).Switch("-ScanOnPush"));

    /// <summary>With enhanced scanning, only the registry's rules count.</summary>
    private static bool IsScanned(Repository repository, RegistryScanning scanning) =>
        (repository.ScanOnPush && scanning.ScanType != Enhanced)
        || scanning.Rules.Where(r => r.ScanFrequency != Manual).SelectMany(r => r.RepositoryFilter)
            .Any(f => new EcrPattern(f.Contains('*', StringComparison.Ordinal) ? f : $"*{f}*").Matches(repository.RepositoryName));
}
