using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Scanning;

/// <summary>What a change of a registry's scanning comes to; nothing is sent yet.</summary>
/// <param name="Current">The settings in force.</param>
/// <param name="Wanted">The settings to be.</param>
public sealed record RegistryScanningPlan(RegistryScanning Current, RegistryScanning Wanted)
{
    /// <summary>Whether the two differ.</summary>
    public bool IsChange => !Current.SaysTheSameAs(Wanted);

    /// <summary>The lines that would change, for a reader.</summary>
    public string Difference => JsonDifference.Between(Current.ToJson(), Wanted.ToJson());

    /// <summary>What a user may not have meant; null when there is nothing.</summary>
    public string? Warning => Wanted.ScanType == "ENHANCED" && Current.ScanType != "ENHANCED" && !Wanted.Rules.Any(r => r.RepositoryFilter.Contains("*"))
        ? "With enhanced scanning, repositories that fit no filter are not scanned at all, not even by hand. To have all of them scanned add '*' with -ScanOnPush or -ContinuousScan."
        : null;
}

/// <summary>Reading and setting how a registry scans.</summary>
/// <param name="ecr">The caller's own registry.</param>
public sealed class RegistryScanningService(EcrClient ecr)
{
    /// <summary>The settings in force.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<RegistryScanning> GetAsync(CancellationToken cancellationToken) => ecr.GetRegistryScanningConfigurationAsync(cancellationToken);

    /// <summary>Works out what a change comes to, without making it.</summary>
    /// <param name="change">What is to change.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>InvalidScanFilter</c>, <c>InvalidScanFrequency</c>, <c>TooManyScanFilters</c>.</exception>
    public async Task<RegistryScanningPlan> PlanAsync(RegistryScanningChange change, CancellationToken cancellationToken)
    {
        RegistryScanning current = await GetAsync(cancellationToken).ConfigureAwait(false);
        return new(current, change.Of(current));
    }

    /// <summary>Makes the change. ECR takes the whole settings at once: who changes them at the same moment may be overwritten.</summary>
    /// <param name="plan">From <see cref="PlanAsync"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task ApplyAsync(RegistryScanningPlan plan, CancellationToken cancellationToken) => ecr.PutRegistryScanningConfigurationAsync(plan.Wanted, cancellationToken);
}
