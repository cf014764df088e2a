namespace JwtPizza.Ecr.Tests.Replication;

/// <summary>Configurations as ECR writes them, and what they come to.</summary>
internal static class Configurations
{
    public static ReplicationDestination Source { get; } = new("us-east-1", "123456789012");

    public static ReplicationDestination Ireland { get; } = new("eu-west-1", "123456789012");

    public static ReplicationDestination Oregon { get; } = new("us-west-2", "123456789012");

    public static ReplicationConfiguration Parse(string? json) => ReplicationConfiguration.Parse(Source, json);

    public static string Rule(ReplicationDestination[] destinations, params string[] prefixes)
    {
        string to = string.Join(',', destinations.Select(d => $$"""{"region":"{{d.Region}}","registryId":"{{d.RegistryId}}"}"""));
        string filters = prefixes.Length == 0
            ? ""
            : $""","repositoryFilters":[{string.Join(',', prefixes.Select(p => $$"""{"filter":"{{p}}","filterType":"PREFIX_MATCH"}"""))}]""";
        return $$"""{"rules":[{"destinations":[{{to}}]{{filters}}}]}""";
    }

    /// <summary>Which repositories go where, each pair once.</summary>
    public static IReadOnlyList<string> Pairs(ReplicationConfiguration configuration) =>
        [.. configuration.Replications().SelectMany(r => r.Prefix.DefaultIfEmpty("*"), (r, p) => $"{p} -> {r.DestinationRegion}")
            .Distinct()];
}
