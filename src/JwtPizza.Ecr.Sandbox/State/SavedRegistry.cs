using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>The settings of a registry, as they are kept.</summary>
internal sealed record SavedRegistry(
    string RegistryId, string Region, bool BlobMounting, string? Policy, IReadOnlyList<ReplicationRule> Replication, ScanningConfiguration Scanning)
{
    private const string Folder = "registries";

    public static IEnumerable<SavedRegistry> LoadAll(StateFolder state) => state.LoadAll<SavedRegistry>(Folder);

    public static void Save(StateFolder state, EcrRegistry registry) => state.Save($"{Folder}/{registry.RegistryId}.{registry.Region}", () => new SavedRegistry(
        registry.RegistryId, registry.Region, registry.BlobMounting, registry.Policy?.Text, registry.Replication, registry.Scanning));

    public void Restore(EcrRegistry registry) => (registry.BlobMounting, registry.Policy, registry.Replication, registry.Scanning) =
        (BlobMounting, Policy is null ? null : ResourcePolicy.Parse(Policy, "registry", registry.Service), Replication, Scanning);
}
