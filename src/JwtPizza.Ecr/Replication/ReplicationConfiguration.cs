using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>What a registry replicates, and where. ECR replaces it as a whole; an edit leaves everything else in it as it is.</summary>
public sealed partial class ReplicationConfiguration : IJsonDocument<ReplicationConfiguration>
{
    /// <summary>Rules of a registry. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html</summary>
    public const int MaxRules = 10;

    /// <summary>Different destinations over all rules.</summary>
    public const int MaxDestinations = 25;

    /// <summary>Filters of one rule.</summary>
    public const int MaxFilters = 100;

    private const int MinPrefix = 2, MaxPrefix = 256;

    private ReplicationConfiguration(ReplicationDestination source, JsonText json)
    {
        (Source, Json) = (source, json);
        RulesPart = json.Root["rules"] is { IsArray: true } rules ? rules
            : throw new PizzaException("InvalidReplication", PizzaErrorKind.InvalidData, "The replication configuration of the " +
                $"registry in {source} has no list of rules, not even an empty one.", source.Region);
        Rules = [.. RulesPart.Children.Select((r, i) => new ReplicationStatement(r, i + 1))];
    }

    /// <summary>The registry whose images are replicated.</summary>
    public ReplicationDestination Source { get; }

    /// <summary>The JSON, as ECR accepts and gives it.</summary>
    public string Text => Json.Text;

    /// <inheritdoc/>
    public IEnumerable<string> Items =>
        (from rule in Rules
         from destination in rule.Destinations
         from prefix in rule.IsForAll ? ["all repositories"] : rule.Prefixes
         select $"{prefix} to {destination}").Distinct();

    JsonText IJsonDocument<ReplicationConfiguration>.Json => Json;

    internal JsonText Json { get; }

    internal JsonPart RulesPart { get; }

    internal IReadOnlyList<ReplicationStatement> Rules { get; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="source">The registry that it is of.</param>
    /// <param name="json">The JSON of ECR's <c>replicationConfiguration</c>; null when there is none.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>InvalidReplication</c>.</exception>
    public static ReplicationConfiguration Parse(ReplicationDestination source, string? json) =>
        new(source,
            JsonText.Parse(json ?? """{"rules":[]}""", $"The replication configuration of the registry in {source}", source.Region));

    /// <summary>A record for each destination of each rule.</summary>
    public IReadOnlyList<RegistryReplication> Replications() =>
        [.. from rule in Rules from destination in rule.Destinations select Record(rule, destination, rule.Prefixes)];

    /// <summary>Where images of a repository go that are pushed from now on.</summary>
    /// <param name="repository">The repository.</param>
    public IReadOnlyList<ReplicationDestination> DestinationsOf(RepositoryName repository) =>
        [.. Rules.SelectMany(r => r.Destinations, (r, d) => (Rule: r, Destination: d))
            .Where(t => t.Rule.Sends(t.Destination, repository.Value)).Select(t => t.Destination).Distinct()];

    /// <summary>Has images replicated. What a rule does already is left to it; a rule for the same repositories gets the destinations, one
    /// for the same destinations the prefixes.</summary>
    /// <param name="destinations">Where to.</param>
    /// <param name="prefixes">How the names of the repositories begin; none for all repositories.</param>
    /// <exception cref="PizzaException"><c>ReplicationToItself</c>, <c>InvalidReplicationPrefix</c>, <c>ReplicationLimit</c>; nothing may
    /// be sent.</exception>
    public Edit<ReplicationConfiguration, RegistryReplication> Add(
        IReadOnlyList<ReplicationDestination> destinations, IReadOnlyList<string> prefixes)
    {
        foreach (string prefix in prefixes) CheckPrefix(prefix);
        if (destinations.Contains(Source))
            throw new PizzaException("ReplicationToItself", PizzaErrorKind.InvalidArgument,
                $"{Source} is the registry whose images are to be replicated: ECR does not replicate a registry to itself. " +
                "Name other regions with -DestinationRegion, or another account with -DestinationRegistryId. Nothing was changed.",
                    Source.Region);
        Edit<ReplicationConfiguration, RegistryReplication> edit = CheckLimits(ReplicationRules.Add(new(this), destinations, prefixes));
        return edit.With([.. edit.Document.Replications().Select(r => r with { Status = StatusOf(r) })]);
    }

    /// <summary>Takes destinations, or repositories, out of the rules.</summary>
    /// <param name="destinations">Which; null for every one.</param>
    /// <param name="prefixes">Only for repositories with these prefixes, as they stand in the rules; null for all rules, empty for the
    /// rules for all repositories.</param>
    /// <exception cref="PizzaException"><c>ReplicationLimit</c>: what remains of a rule needs an eleventh.</exception>
    public Edit<ReplicationConfiguration, RegistryReplication> Remove(
        IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes) =>
        CheckLimits(ReplicationRules.Remove(new(this), destinations, prefixes))
            .With(ReplicationRules.Removed(this, destinations, prefixes));

    /// <summary>The prefix itself, if ECR can take it.</summary>
    /// <param name="prefix">For example <c>team-a/</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidReplicationPrefix</c>.</exception>
    public static string CheckPrefix(string prefix)
    {
        if (prefix.Length is >= MinPrefix and <= MaxPrefix && PrefixPattern().IsMatch(prefix)) return prefix;
        string wild = prefix.Contains('*', StringComparison.Ordinal)
            ? "; '*' is not allowed, because a prefix matches every name that begins with it" : "";
        throw new PizzaException("InvalidReplicationPrefix", PizzaErrorKind.InvalidArgument,
            $"'{prefix}' is not a valid repository prefix, which has {MinPrefix} to {MaxPrefix} characters{wild}. " +
            "Write it like 'team-a/' or 'jwt-pizza'. Nothing was changed.", prefix);
    }

    internal RegistryReplication Record(ReplicationStatement rule, ReplicationDestination destination, IEnumerable<string> prefixes) =>
        new()
    {
        RegistryId = Source.RegistryId, Region = Source.Region, DestinationRegion = destination.Region,
        DestinationRegistryId = destination.RegistryId,
        Prefix = [.. prefixes], Rule = rule.Number,
    };

    ReplicationConfiguration IJsonDocument<ReplicationConfiguration>.With(JsonText json) => new(Source, json);

    /// <summary>What an addition has made of a destination of a rule; additions change the number of no rule.</summary>
    private ChangeStatus StatusOf(RegistryReplication now)
    {
        RegistryReplication[] rule = [.. Replications().Where(r => r.Rule == now.Rule)];
        return rule.Contains(now) ? ChangeStatus.Unchanged
            : rule.Any(r => (r.DestinationRegion, r.DestinationRegistryId) == (now.DestinationRegion, now.DestinationRegistryId))
                ? ChangeStatus.Changed : ChangeStatus.Created;
    }

    private Edit<ReplicationConfiguration, RegistryReplication> CheckLimits(Edit<ReplicationConfiguration, RegistryReplication> edit)
    {
        if (!edit.Changed) return edit;
        IReadOnlyList<ReplicationStatement> rules = edit.Document.Rules;
        if (rules.Count > MaxRules)
            throw Limit($"{rules.Count} rules", $"{MaxRules}",
                "Use one rule for more repositories (a shorter -Prefix) or for several destinations, or remove one with " +
                "Remove-PizzaReplication.");
        if (rules.SelectMany(r => r.Destinations).Distinct().Count() is > MaxDestinations and var many)
            throw Limit($"{many} different destinations", $"{MaxDestinations}", "Remove one with Remove-PizzaReplication first.");
        if (rules.FirstOrDefault(r => r.Prefixes.Count > MaxFilters) is { } full)
            throw Limit($"{full.Prefixes.Count} prefixes in rule {full.Number}", $"{MaxFilters}",
                "Use a shorter prefix for several repositories.");
        return edit;
    }

    private PizzaException Limit(string count, string limit, string next) => new("ReplicationLimit", PizzaErrorKind.LimitExceeded,
        $"The registry in {Source} would have {count} of replication; ECR accepts {limit}. Nothing was changed. {next}", Source.Region);

    [GeneratedRegex(@"\A(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixPattern();
}
