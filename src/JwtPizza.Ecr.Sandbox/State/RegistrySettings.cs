using System.Text.Json.Serialization;
using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>What can be set on a registry, as it is kept.</summary>
internal sealed record RegistrySettings(string RegistryId, string Region)
{
    private const string Folder = "registries";

    /// <summary>Whether a layer may be taken over from another repository without an upload; off until switched on.</summary>
    [JsonIgnore]
    public bool BlobMounting => AccountSettings.GetValueOrDefault(RegistryOperations.BlobMounting) == "ENABLED";

    /// <summary>Those that are not as they are at first.</summary>
    public IReadOnlyDictionary<string, string> AccountSettings { get; init; } = new Dictionary<string, string>();

    public string? Policy { get; init; }

    public IReadOnlyList<ReplicationRule> Replication { get; init; } = [];

    public ScanningConfiguration Scanning { get; init; } = ScanningConfiguration.Default;

    /// <summary>What a public registry is called in the gallery.</summary>
    public string? DisplayName { get; init; }

    public IReadOnlyList<PullThroughRule> PullThrough { get; init; } = [];

    public IReadOnlyList<CreationTemplate> Templates { get; init; } = [];

    /// <summary>The rules of managed signing; null while there is no configuration.</summary>
    public IReadOnlyList<SigningRule>? Signing { get; init; }

    /// <summary>Who pulls without being counted, and since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> PullTimeExclusions { get; init; } = new Dictionary<string, DateTimeOffset>();

    public static IEnumerable<RegistrySettings> LoadAll(StateFolder state) => state.LoadAll<RegistrySettings>(Folder);

    public void Save(StateFolder state) => state.Save($"{Folder}/{RegistryId}.{Region}", () => this);
}
