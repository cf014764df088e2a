using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>How a registry scans its images for known vulnerabilities.</summary>
public sealed record RegistryScanning : IDocument
{
    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry; each has settings of its own.</summary>
    public required string Region { get; init; }

    /// <summary><c>BASIC</c> (ECR's own, free) or <c>ENHANCED</c> (Amazon Inspector, billed by image).</summary>
    public required string ScanType { get; init; }

    /// <summary>Which repositories are scanned when; at most one rule for each frequency. With BASIC all others are scanned by hand, with
    /// ENHANCED they are not scanned.</summary>
    public ValueList<RegistryScanningRule> Rules { get; init; } = [];

    /// <summary>What the cmdlet did about the settings; null when they were only read.</summary>
    public ChangeStatus? Status { get; init; }

    string? IDocument.Text => ToJson();

    IEnumerable<string> IDocument.Items => Rules.SelectMany(r => r.RepositoryFilter, (r, f) => $"{r.ScanFrequency} {f}").Append(ScanType);

    /// <summary>Whether both say the same, in whatever order.</summary>
    /// <param name="other">The other settings.</param>
    public bool SaysTheSameAs(RegistryScanning other) => ToJson() == other.ToJson();

    /// <summary>The settings with a change.</summary>
    /// <param name="change">What is to change.</param>
    /// <exception cref="PizzaException"><c>InvalidScanFilter</c>, <c>InvalidScanFrequency</c>, <c>TooManyScanFilters</c>.</exception>
    public Edit<RegistryScanning, RegistryScanningRule> Set(RegistryScanningChange change)
    {
        RegistryScanning wanted = change.Of(this);
        Edit<RegistryScanning, RegistryScanningRule> edit =
            new Edit<RegistryScanning, RegistryScanningRule>(this) with { Document = wanted };
        return wanted.ScanType == "ENHANCED" && ScanType != "ENHANCED" && !wanted.Rules.Any(r => r.RepositoryFilter.Contains("*"))
            ? edit.Warn("With enhanced scanning, repositories that match no filter are not scanned at all, not even by hand. " +
                "To have all of them scanned add '*' with -ScanOnPush or -ContinuousScan.")
            : edit;
    }

    /// <summary>The settings as ECR's API has them, rules and filters sorted.</summary>
    public string ToJson() => new JsonObject
    {
        ["scanType"] = ScanType,
        ["rules"] = new JsonArray([.. Rules.OrderBy(r => r.ScanFrequency, StringComparer.Ordinal).Select(r => (JsonNode)new JsonObject
        {
            ["scanFrequency"] = r.ScanFrequency,
            ["repositoryFilters"] =
                new JsonArray(
                    [.. r.RepositoryFilter.Order(StringComparer.Ordinal)
                        .Select(f => (JsonNode)new JsonObject { ["filter"] = f, ["filterType"] = "WILDCARD" })]),
        })]),
    }.ToJsonString(JsonSerializerOptions.Default);
}

/// <summary>How often some repositories are scanned.</summary>
/// <param name="ScanFrequency"><c>SCAN_ON_PUSH</c>, <c>CONTINUOUS_SCAN</c> (with ENHANCED only; it beats the other) or
/// <c>MANUAL</c>.</param>
/// <param name="RepositoryFilter">Names with <c>*</c>; a filter without one fits every name that holds it.</param>
public sealed record RegistryScanningRule(string ScanFrequency, string[] RepositoryFilter)
{
    /// <summary>The rule in short: <c>SCAN_ON_PUSH prod*, team-a/*</c>.</summary>
    public override string ToString() => $"{ScanFrequency} {string.Join(", ", RepositoryFilter)}";
}
