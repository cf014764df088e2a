using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Images of repositories whose names start with one of the prefixes (none: of all) go to the destinations.</summary>
internal sealed partial record ReplicationRule(IReadOnlyList<ReplicationDestination> Destinations, IReadOnlyList<string> Prefixes)
{
    private const int RuleLimit = 10, DestinationLimit = 25, FilterLimit = 100;

    public bool Covers(string repository) => Prefixes.Count == 0 || Prefixes.Any(p => repository.StartsWith(p, StringComparison.Ordinal));

    public JsonObject Json() => Answer.Of(
        ("destinations", Destinations.Select(d => Answer.Of(("region", d.Region), ("registryId", d.RegistryId))).Array()),
        ("repositoryFilters",
            Prefixes.Count == 0 ? null : Prefixes.Select(p => Answer.Of(("filter", p), ("filterType", "PREFIX_MATCH"))).Array()));

    /// <summary>Reads a whole configuration.</summary>
    public static IReadOnlyList<ReplicationRule> ReadAll(JsonArguments configuration, EcrRegistry registry)
    {
        List<ReplicationRule> rules =
            [.. (configuration.Objects("rules", 0, RuleLimit) ?? throw JsonArguments.Missing("replicationConfiguration.rules"))
                .Select(Read)];
        List<ReplicationDestination> all = [.. rules.SelectMany(r => r.Destinations).Distinct()];
        if (all.Count > DestinationLimit) throw Invalid($"Replication destinations must be {DestinationLimit} at most");
        if (all.Contains(new(registry.Region, registry.RegistryId)))
            throw Invalid("Replication destination cannot be the same as the source registry and region");
        if (all.Find(d => Partition.Find(d.Region) is { } there && there != registry.Partition) is { } foreign)
            throw Invalid($"The region {foreign.Region} is in another partition");
        return rules;
    }

    private static ReplicationRule Read(JsonArguments rule) => new(
        [.. (rule.Objects("destinations", 0, 100) ?? throw JsonArguments.Missing("destinations")).Select(Destination)],
        [.. (rule.Objects("repositoryFilters", 1, FilterLimit) ?? []).Select(Prefix)]);

    private static ReplicationDestination Destination(JsonArguments destination) =>
        RegionPattern().IsMatch(destination.RequiredText("region"))
        ? new(destination.RequiredText("region"), EcrCall.CheckRegistryId("registryId", destination.RequiredText("registryId")))
        : throw Invalid("Invalid region");

    private static string Prefix(JsonArguments filter)
    {
        if (filter.RequiredText("filterType") != "PREFIX_MATCH") throw Invalid("Member must satisfy enum value set: [PREFIX_MATCH]");
        string prefix = filter.RequiredText("filter");
        return prefix.Length is >= 2 and <= 256 && FilterPattern().IsMatch(prefix)
            ? prefix : throw Invalid($"The filter '{prefix}' is not the start of a repository name, of 2 to 256 characters");
    }

    private static ApiError Invalid(string constraint) => JsonArguments.Invalid("replicationConfiguration", constraint);

    [GeneratedRegex(@"\A[0-9a-z-]{2,25}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"\A(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex FilterPattern();
}
