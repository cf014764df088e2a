namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>How the caller's own registry scans images; ECR takes no other registry here.</summary>
    public async Task<RegistryScanning> GetRegistryScanningConfigurationAsync(CancellationToken cancellationToken)
    {
        GetScanningOutput output = await CallAsync<GetScanningOutput>("GetRegistryScanningConfiguration", new Nothing(), EcrScanShapes.Default, cancellationToken).ConfigureAwait(false);
        return output.ScanningConfiguration.ToScanning(output.RegistryId ?? "", _region);
    }

    /// <summary>Replaces how the caller's own registry scans images.</summary>
    public Task PutRegistryScanningConfigurationAsync(RegistryScanning scanning, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutRegistryScanningConfiguration", WireScanning.Of(scanning), EcrScanShapes.Default, cancellationToken);

    /// <summary>Begins a basic scan. <c>LimitExceededException</c> for an image that was scanned within 24 hours, <c>UnsupportedImageTypeException</c> for one that cannot be.</summary>
    public Task StartImageScanAsync(string repositoryName, ImageId imageId, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("StartImageScan", new ScanInput(_registry, repositoryName, imageId), EcrScanShapes.Default, cancellationToken);

    /// <summary>A page of what a scan has found. <c>ScanNotFoundException</c> when there was none.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="imageId">The image.</param>
    /// <param name="nextToken">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<ScanPage> DescribeImageScanFindingsAsync(string repositoryName, ImageId imageId, string? nextToken, CancellationToken cancellationToken) =>
        CallAsync<ScanPage>("DescribeImageScanFindings", new ScanInput(_registry, repositoryName, imageId) { NextToken = nextToken, MaxResults = 1000 }, EcrScanShapes.Default, cancellationToken);
}
