using System.Collections.Concurrent;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>All that the sandbox's ECR holds: a registry for each account and region, and what they share.</summary>
internal sealed class EcrWorld(SandboxInfo info, SandboxClock clock, BlobStore blobs) : IDisposable
{
    private readonly ConcurrentDictionary<(string RegistryId, string Region), EcrRegistry> _registries = new();

    public SandboxInfo Info => info;

    public SandboxClock Clock => clock;

    public BlobStore Blobs => blobs;

    public AuthorizationTokens Tokens { get; } = new(clock);

    public LayerLinks Links { get; } = new(clock);

    /// <summary>The registry of an account in a region; every one exists, empty until used.</summary>
    public EcrRegistry Registry(string registryId, string region) =>
        _registries.GetOrAdd((registryId, region), static (key, world) => new(world, key.RegistryId, key.Region), this);

    public void Dispose()
    {
        foreach (EcrRegistry registry in _registries.Values)
            lock (registry.Gate)
                foreach (StoredRepository repository in registry.Repositories.Values) repository.Layers.AbandonUploads();
        Blobs.Dispose();
    }
}
