using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

internal sealed record WireScanFilter(string Filter, string FilterType);
internal sealed record WireScanRule(string ScanFrequency, WireScanFilter[] RepositoryFilters);

internal sealed record WireScanning(string? ScanType, WireScanRule[]? Rules)
{
    public static WireScanning Of(RegistryScanning scanning) =>
        new(scanning.ScanType, [.. scanning.Rules.Select(r => new WireScanRule(r.ScanFrequency, [.. r.RepositoryFilter.Select(f => new WireScanFilter(f, "WILDCARD"))]))]);

    public RegistryScanning ToScanning(string registryId, string region) => new()
    {
        RegistryId = registryId, Region = region, ScanType = ScanType ?? "BASIC",
        Rules = [.. (Rules ?? []).Select(r => new RegistryScanningRule(r.ScanFrequency, [.. r.RepositoryFilters.Select(f => f.Filter)]))],
    };
}

internal sealed record GetScanningOutput(string? RegistryId, [property: JsonRequired] WireScanning ScanningConfiguration);

internal sealed record ScanInput(string? RegistryId, string RepositoryName, ImageId ImageId)
{
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

internal sealed record ScanPage(string? RegistryId, ImageId? ImageId, WireScanStatus? ImageScanStatus, WireFindings? ImageScanFindings, string? NextToken);
internal sealed record WireScanStatus(string? Status, string? Description);
internal sealed record WireFindings(DateTimeOffset? ImageScanCompletedAt, WireFinding[]? Findings, WireEnhancedFinding[]? EnhancedFindings);

/// <summary>A finding of basic scanning.</summary>
internal sealed record WireFinding(string? Name, string? Description, string? Uri, string? Severity, WireAttribute[]? Attributes);
internal sealed record WireAttribute(string Key, string? Value);

/// <summary>A finding of Amazon Inspector.</summary>
internal sealed record WireEnhancedFinding(string? Title, string? Description, string? Severity, double? Score, string? Status, string? Type, WireVulnerability? PackageVulnerabilityDetails);
internal sealed record WireVulnerability(string? VulnerabilityId, string? SourceUrl, WirePackage[]? VulnerablePackages);
internal sealed record WirePackage(string? Name, string? Version, string? FixedInVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(WireScanning))]
[JsonSerializable(typeof(GetScanningOutput))]
[JsonSerializable(typeof(ScanInput))]
[JsonSerializable(typeof(ScanPage))]
internal sealed partial class EcrScanShapes : JsonSerializerContext;
