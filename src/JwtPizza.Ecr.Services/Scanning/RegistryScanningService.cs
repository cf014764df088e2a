using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Scanning;

/// <summary>Reading and setting how a registry scans.</summary>
/// <param name="ecr">The caller's own registry.</param>
/// <param name="region">Its region.</param>
internal sealed class RegistryScanningService(EcrClient ecr, string region)
{
    /// <summary>The settings in force.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<RegistryScanning> GetAsync(CancellationToken cancellationToken) =>
        ecr.GetRegistryScanningConfigurationAsync(cancellationToken);

    /// <summary>Brings a change into the settings, and makes sure that it stays among concurrent ones.</summary>
    /// <param name="change">What is to change.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>InvalidScanFilter</c>, <c>InvalidScanFrequency</c>, <c>TooManyScanFilters</c>;
    /// <c>ConcurrentEdit</c>.</exception>
    public Task<Edit<RegistryScanning, RegistryScanningRule>> SetAsync(
        RegistryScanningChange change, CancellationToken cancellationToken) => Editor(change).RunAsync(cancellationToken);

    internal DocumentEditor<RegistryScanning, RegistryScanningRule> Editor(RegistryScanningChange change) =>
        new(new RegistryScanningStore(ecr, region), scanning => scanning.Set(change), DocumentSession.Current);
}

/// <summary>Where the settings of the caller's registry in one region lie.</summary>
internal sealed class RegistryScanningStore(EcrClient ecr, string region) : DocumentStore<RegistryScanning>
{
    public override string Name => $"how the registry in {region} scans";

    public override string LookWith => $"{Advice.Run("Get-PizzaScanning").With("-Region", region)}";

    public override string Target => region;

    public override Task<string> KeyAsync(CancellationToken cancellationToken) => ecr.CallerAsync(cancellationToken);

    public override async Task<Reading<RegistryScanning>> ReadAsync(CancellationToken cancellationToken) =>
        new(await ecr.GetRegistryScanningConfigurationAsync(cancellationToken).ConfigureAwait(false));

    public override async Task<Reading<RegistryScanning>> WriteAsync(
        RegistryScanning document, Reading<RegistryScanning> basis, CancellationToken cancellationToken)
    {
        await ecr.PutRegistryScanningConfigurationAsync(document, cancellationToken).ConfigureAwait(false);
        return new(document);
    }
}
