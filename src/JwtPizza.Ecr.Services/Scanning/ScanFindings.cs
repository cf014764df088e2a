using System.Globalization;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Scanning;

/// <summary>Makes findings of what ECR and Amazon Inspector tell.</summary>
internal static class ScanFindings
{
    public static IEnumerable<ScanFinding> Of(WireFindings? page, ScanFinding image) =>
        [.. (page?.Findings ?? []).Select(f => Of(f, image with { ScannedAt = page!.ImageScanCompletedAt })),
            .. (page?.EnhancedFindings ?? []).Select(f => Of(f, image with { ScannedAt = page!.ImageScanCompletedAt }))];

    public static FindingSeverity SeverityOf(string? text) =>
        Enum.TryParse(text, ignoreCase: true, out FindingSeverity severity) && Enum.IsDefined(severity)
            ? severity : FindingSeverity.Undefined;

    private static ScanFinding Of(WireFinding finding, ScanFinding image) => image with
    {
        Name = finding.Name ?? "", Severity = SeverityOf(finding.Severity), Description = finding.Description, Uri = finding.Uri,
        Package = Attribute(finding, "package_name"), PackageVersion = Attribute(finding, "package_version"),
        Score =
            double.TryParse(Attribute(finding, "CVSS3_SCORE") ?? Attribute(finding, "CVSS2_SCORE"), NumberStyles.Float,
                CultureInfo.InvariantCulture, out double score) ? score : null,
    };

    private static ScanFinding Of(WireEnhancedFinding finding, ScanFinding image)
    {
        WirePackage[] packages = finding.PackageVulnerabilityDetails?.VulnerablePackages ?? [];
        return image with
        {
            Name = finding.PackageVulnerabilityDetails?.VulnerabilityId ?? finding.Title ?? "", Severity = SeverityOf(finding.Severity),
            Score = finding.Score,
            Description = finding.Description ?? finding.Title, Uri = finding.PackageVulnerabilityDetails?.SourceUrl,
            Package = Joined(packages, p => p.Name), PackageVersion = Joined(packages, p => p.Version),
            FixedInVersion = Joined(packages, p => p.FixedInVersion),
        };
    }

    private static string? Attribute(WireFinding finding, string key) => finding.Attributes?.FirstOrDefault(a => a.Key == key)?.Value;

    private static string? Joined(WirePackage[] packages, Func<WirePackage, string?> part) =>
        string.Join(", ", packages.Select(part).Where(p => !string.IsNullOrEmpty(p)).Distinct()) is { Length: > 0 } text ? text : null;
}
