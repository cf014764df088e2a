using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>A rule of a registry's replication, as it stands in the configuration: images of some repositories, or of all, go to some
/// registries.</summary>
internal sealed class ReplicationStatement(JsonPart part, int number)
{
    private const string DestinationsName = "destinations", FiltersName = "repositoryFilters", PrefixMatch = "PREFIX_MATCH";

    public JsonPart Part => part;

    public int Number => number;

    public IReadOnlyList<ReplicationDestination> Destinations { get; } = [.. Items(part, DestinationsName).Select(Destination)];

    /// <summary>The prefixes of the repositories.</summary>
    public IReadOnlyList<string> Prefixes { get; } = [.. Items(part, FiltersName).Select(Prefix).OfType<string>()];

    public bool IsForAll => Items(part, FiltersName).Count == 0;

    /// <summary>Whether it has filters of a kind that this version does not know.</summary>
    public bool IsPartlyUnknown => Items(part, FiltersName).Count > Prefixes.Count;

    public JsonPart DestinationsPart => part[DestinationsName]!;

    public JsonPart FiltersPart => part[FiltersName]!;

    /// <summary>Whether images of every repository with this prefix go there; null for all repositories.</summary>
    public bool Sends(ReplicationDestination destination, string? prefix) =>
        Destinations.Contains(destination)
            && (IsForAll || (prefix is not null && Prefixes.Any(p => prefix.StartsWith(p, StringComparison.Ordinal))));

    public bool HasJust(IEnumerable<ReplicationDestination> destinations) =>
        !IsPartlyUnknown && Destinations.ToHashSet().SetEquals(destinations);

    /// <summary>Whether just these are its prefixes; null among them means all repositories.</summary>
    public bool HasJust(IReadOnlyList<string?> prefixes) =>
        prefixes.Contains(null) ? IsForAll : !IsForAll && !IsPartlyUnknown && Prefixes.ToHashSet().SetEquals(prefixes!);

    public JsonPart Find(ReplicationDestination destination) => Items(part, DestinationsName).First(d => Destination(d) == destination);

    public JsonPart Find(string prefix) => Items(part, FiltersName).First(f => Prefix(f) == prefix);

    public static JsonObject ToJson(IEnumerable<ReplicationDestination> destinations, IEnumerable<string?> prefixes)
    {
        JsonObject rule = new() { [DestinationsName] = new JsonArray([.. destinations.Select(d => d.ToJson())]) };
        if (prefixes.OfType<string>().ToArray() is { Length: > 0 } some) rule[FiltersName] = new JsonArray([.. some.Select(ToJson)]);
        return rule;
    }

    public static JsonObject ToJson(string prefix) => new() { ["filter"] = prefix, ["filterType"] = PrefixMatch };

    private static List<JsonPart> Items(JsonPart part, string name) => part[name] is { IsArray: true } list ? list.Children : [];

    private static ReplicationDestination Destination(JsonPart part) => new(part["region"]?.String ?? "", part["registryId"]?.String ?? "");

    private static string? Prefix(JsonPart part) => part["filterType"]?.String == PrefixMatch ? part["filter"]?.String : null;
}
