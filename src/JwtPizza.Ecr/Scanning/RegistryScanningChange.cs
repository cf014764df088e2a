using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>What is to change in how a registry scans. A filter belongs to one frequency: naming it for another moves it.</summary>
public sealed partial record RegistryScanningChange
{
    private const int MaxFilters = 100, MaxLength = 255;

    /// <summary><c>BASIC</c> or <c>ENHANCED</c>; null leaves it.</summary>
    public string? ScanType { get; init; }

    /// <summary>Filters of repositories to be scanned when an image is pushed.</summary>
    public IReadOnlyList<string> ScanOnPush { get; init; } = [];

    /// <summary>Filters of repositories to be scanned whenever a new vulnerability becomes known; with ENHANCED only.</summary>
    public IReadOnlyList<string> ContinuousScan { get; init; } = [];

    /// <summary>Filters that go, from whichever rule has them.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Whether the filters named are to be the only ones.</summary>
    public bool Replace { get; init; }

    /// <summary>The settings with the change.</summary>
    /// <param name="current">The settings in force.</param>
    /// <exception cref="PizzaException"><c>InvalidScanFilter</c>, <c>InvalidScanFrequency</c>, <c>TooManyScanFilters</c>.</exception>
    public RegistryScanning Of(RegistryScanning current)
    {
        if (ScanOnPush.Concat(ContinuousScan).FirstOrDefault(f => f.Length > MaxLength || !FilterPattern().IsMatch(f)) is { } wrong)
            throw Bad("InvalidScanFilter",
                $"'{wrong}' is not a valid repository filter: 1 to {MaxLength} lowercase letters, digits, '.', '_', '-', '/' and the " +
                "wildcard '*', for example 'team-a/*' or '*' for all.", wrong);
        if (ScanOnPush.Intersect(ContinuousScan).FirstOrDefault() is { } twice)
            throw Bad("InvalidScanFilter",
                $"'{twice}' is named for both frequencies. Name it with -ScanOnPush or with -ContinuousScan; " +
                "the latter also scans on push.", twice);
        string[] moved = [.. ScanOnPush, .. ContinuousScan, .. Gone];
        List<RegistryScanningRule> rules = Replace
            ? []
            : [.. current.Rules.Select(r =>
                r with { RepositoryFilter = [.. r.RepositoryFilter.Except(moved.Except(Named(r.ScanFrequency)))] })];
        Add(rules, "SCAN_ON_PUSH", ScanOnPush);
        Add(rules, "CONTINUOUS_SCAN", ContinuousScan);
        rules.RemoveAll(r => r.RepositoryFilter.Length == 0);
        return Checked(current with { ScanType = ScanType ?? current.ScanType, Rules = [.. rules] });
    }

    private IReadOnlyList<string> Named(string frequency) =>
        frequency switch { "SCAN_ON_PUSH" => ScanOnPush, "CONTINUOUS_SCAN" => ContinuousScan, _ => [] };

    private static void Add(List<RegistryScanningRule> rules, string frequency, IReadOnlyList<string> filters)
    {
        if (filters.Count == 0) return;
        int place = rules.FindIndex(r => r.ScanFrequency == frequency);
        if (place < 0) rules.Add(new(frequency, [.. filters.Distinct()]));
        else rules[place] = rules[place] with { RepositoryFilter = [.. rules[place].RepositoryFilter.Union(filters)] };
    }

    private static RegistryScanning Checked(RegistryScanning wanted)
    {
        if (wanted.Rules.FirstOrDefault(r => r.RepositoryFilter.Length > MaxFilters) is { } long_)
            throw new PizzaException("TooManyScanFilters", PizzaErrorKind.LimitExceeded,
                $"{long_.ScanFrequency} would have {long_.RepositoryFilter.Length} filters; ECR accepts {MaxFilters}. " +
                "Join some with '*', or drop some with -RemoveFilter.", long_.ScanFrequency);
        if (wanted.ScanType == "BASIC" && wanted.Rules.FirstOrDefault(r => r.ScanFrequency == "CONTINUOUS_SCAN") is { } continuous)
            throw Bad("InvalidScanFrequency",
                $"Basic scanning does not support continuous scans, which are set for {string.Join(", ", continuous.RepositoryFilter)}. " +
                "Choose -ScanType ENHANCED, or move these filters with -ScanOnPush.", continuous.ScanFrequency);
        return wanted;
    }

    private static PizzaException Bad(string id, string message, object target) =>
        new(id, PizzaErrorKind.InvalidArgument, message + " Nothing was sent.", target);

    // The pattern of AWS's service model, which without NonBacktracking takes for ever over a long text.
    [GeneratedRegex(@"\A[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FilterPattern();
}
