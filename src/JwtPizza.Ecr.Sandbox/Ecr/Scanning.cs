using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A rule of the registry's scanning: repositories that fit one of the filters are scanned so often.</summary>
internal sealed partial record ScanningRule(string Frequency, IReadOnlyList<string> Filters)
{
    private const int FilterLimit = 100;

    /// <summary>A filter without <c>*</c> fits any name that holds it:
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html</summary>
    public bool Covers(string repository) => Filters.Any(f =>
        f.Contains('*', StringComparison.Ordinal)
            ? new EcrPattern(f).Matches(repository) : repository.Contains(f, StringComparison.Ordinal));

    public JsonObject Json() => Answer.Of(("scanFrequency", Frequency), ("repositoryFilters", FiltersJson(Filters)));

    public static JsonArray FiltersJson(IEnumerable<string> filters) =>
        filters.Select(f => Answer.Of(("filter", f), ("filterType", "WILDCARD"))).Array();

    public static ScanningRule Read(JsonArguments rule, string scanType)
    {
        string frequency = rule.RequiredText("scanFrequency");
        if (frequency is not ("SCAN_ON_PUSH" or "CONTINUOUS_SCAN" or "MANUAL"))
            throw JsonArguments.Invalid("rules", "Member must satisfy enum value set: [SCAN_ON_PUSH, CONTINUOUS_SCAN, MANUAL]");
        if (scanType == "BASIC" && frequency != "SCAN_ON_PUSH")
            throw JsonArguments.Invalid("rules", $"The scan frequency {frequency} is not supported with the scan type BASIC");
        return new(frequency,
            [.. (rule.Objects("repositoryFilters", 0, FilterLimit) ?? throw JsonArguments.Missing("repositoryFilters")).Select(Filter)]);
    }

    private static string Filter(JsonArguments filter) =>
        filter.RequiredText("filterType") == "WILDCARD" && filter.RequiredText("filter") is { Length: >= 1 and <= 255 } text
            && FilterPattern().IsMatch(text)
            ? text
            : throw JsonArguments.Invalid("repositoryFilters",
                @"must satisfy regular expression '^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$'");

    [GeneratedRegex(@"\A[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FilterPattern();
}

/// <summary>How a registry scans.</summary>
internal sealed record ScanningConfiguration(string Type, IReadOnlyList<ScanningRule> Rules)
{
    public static ScanningConfiguration Default { get; } = new("BASIC", []);

    /// <summary>The rule that holds for a repository: CONTINUOUS_SCAN beats SCAN_ON_PUSH.</summary>
    public ScanningRule? RuleFor(string repository) =>
        Rules.Where(r => r.Covers(repository)).MinBy(r => r.Frequency switch { "CONTINUOUS_SCAN" => 0, "SCAN_ON_PUSH" => 1, _ => 2 });

    public bool ScansOnPush(StoredRepository repository) =>
        RuleFor(repository.Name) is { } rule ? rule.Frequency != "MANUAL" : Type == "BASIC" && repository.Settings.ScanOnPush;

    public JsonObject Json() => Answer.Of(("scanType", Type), ("rules", Rules.Select(r => r.Json()).Array()));
}
