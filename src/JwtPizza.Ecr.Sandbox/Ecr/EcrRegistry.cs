using System.Collections.Concurrent;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The private registry of one account in one region, or its public one.</summary>
internal sealed class EcrRegistry(EcrWorld world, string registryId, string region)
{
    /// <summary>The place of ECR Public's registry. No caller can sign for a region of this name.</summary>
    public const string PublicRegion = "public.ecr";

    /// <summary>Held while anything in here is read or changed; never over an await.</summary>
    public object Gate { get; } = new();

    public EcrWorld World => world;

    public string RegistryId => registryId;

    public string Region => region;

    /// <summary>By name, in the order in which ECR's pages come.</summary>
    public SortedDictionary<string, StoredRepository> Repositories { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a layer may be taken over from another repository without an upload; an account setting, off until switched on.</summary>
    public bool BlobMounting { get; set; }

    public ResourcePolicy? Policy { get; set; }

    public IReadOnlyList<ReplicationRule> Replication { get; set; } = [];

    public ScanningConfiguration Scanning { get; set; } = ScanningConfiguration.Default;

    /// <summary>What was pushed and waits for the <see cref="Replicator"/>.</summary>
    public ConcurrentQueue<ReplicationParcel> Outbox { get; } = new();

    /// <summary>The part of AWS that it is in. A sandbox also takes regions that AWS does not have.</summary>
    public Partition Partition { get; } = Partition.Find(region) ?? Partition.Commercial;

    public bool IsPublic => region == PublicRegion;

    /// <summary>The service that it belongs to, as ARNs and permissions name it.</summary>
    public string Service => IsPublic ? "ecr-public" : "ecr";

    /// <summary>What stands between host and name in ECR Public; AWS gives each registry one at random.</summary>
    public string Alias => $"p{registryId[^7..]}";

    /// <summary>Host, and in ECR Public the alias: what the URIs of its repositories begin with.</summary>
    public string Uri => IsPublic ? $"{world.PublicHost}/{Alias}" : world.Info.RegistryHost;

    public string ArnOf(string repository) => $"{new Arn(Partition.Name, Service, IsPublic ? "" : region, registryId, $"repository/{repository}")}";

    public StoredRepository Find(string repository) => Repositories.GetValueOrDefault(repository) ?? throw new ApiError(
        "RepositoryNotFoundException", $"The repository with name '{repository}' does not exist in the registry with id '{registryId}'");

    public void Remove(StoredRepository repository)
    {
        Repositories.Remove(repository.Name);
        world.Keep(this, repository.Name);   // first the repository, then its layers: a restart in between finds no repository without them
        repository.Layers.Clear();
    }
}
