using System.Collections.Concurrent;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Registry;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>All that the sandbox's ECR holds: a registry for each account and region, and what they share.</summary>
internal sealed class EcrWorld(SandboxInfo info, SandboxClock clock, BlobStore blobs, StateFolder? state = null) : IDisposable
{
    private static readonly TimeSpan s_run = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<(string RegistryId, string Region), EcrRegistry> _registries = new();

    public SandboxInfo Info => info;

    /// <summary>ECR Public's host; another one than that of the private registries, so that docker keeps both logins.</summary>
    public string PublicHost { get; } = $"localhost:{info.RegistryHost.Split(':')[1]}";

    public SandboxClock Clock => clock;

    public BlobStore Blobs => blobs;

    public AuthorizationTokens Tokens { get; } = new(clock, state);

    public LayerLinks Links { get; } = new(clock);

    /// <summary>Checks policies before they are stored; null where they are not enforced.</summary>
    public PolicyKeeper? PolicyKeeper { get; set; }

    public void Replicate(EcrRegistry source) => new Replicator(this).Deliver(source);

    /// <summary>The registry of an account in a region; every one exists, empty until used.</summary>
    public EcrRegistry Registry(string registryId, string region) =>
        _registries.GetOrAdd((registryId, region), static (key, world) => new(world, key.RegistryId, key.Region), this);

    /// <summary>Whether an account has a rule of replication in any region.</summary>
    public bool HasReplicated(string registryId) => _registries.Values.Any(r => r.RegistryId == registryId && r.Replication.Count > 0);

    /// <summary>Takes up what an earlier sandbox kept.</summary>
    public void Restore()
    {
        if (state is null) return;
        foreach (SavedRegistry saved in SavedRegistry.LoadAll(state)) saved.Restore(Registry(saved.RegistryId, saved.Region));
        foreach (SavedRepository saved in SavedRepository.LoadAll(state)) saved.Restore(Registry(saved.RegistryId, saved.Region));
        Blobs.Sweep();
    }

    /// <summary>Writes down how a repository now is, or that it is gone. Before a change is answered; the caller holds the registry's gate.</summary>
    public void Keep(EcrRegistry registry, string repository)
    {
        if (state is null) return;
        if (registry.Repositories.TryGetValue(repository, out StoredRepository? found)) SavedRepository.Save(state, found);
        else SavedRepository.Delete(state, registry, repository);
    }

    /// <summary>Writes down a registry's settings. The caller holds its gate.</summary>
    public void Keep(EcrRegistry registry)
    {
        if (state is not null) SavedRegistry.Save(state, registry);
    }

    /// <summary>Moves the clock, and lets lifecycle rules do their work once for each day that passes, as ECR does within 24 hours.</summary>
    /// <returns>What the rules took, by ARN of the repository and image, oldest first.</returns>
    public IReadOnlyList<string> Advance(TimeSpan by)
    {
        List<string> taken = [];
        for (TimeSpan left = by, day; left > TimeSpan.Zero; left -= day)
        {
            day = left < s_run ? left : s_run;
            clock.Advance(day);
            foreach (EcrRegistry registry in _registries.Values)
                lock (registry.Gate)
                    foreach (StoredRepository repository in registry.Repositories.Values)
                    {
                        taken.AddRange(LifecycleRun.Execute(repository, clock.GetUtcNow()));
                        Keep(registry, repository.Name);
                    }
        }
        return taken;
    }

    public void Dispose()
    {
        foreach (EcrRegistry registry in _registries.Values)
            lock (registry.Gate)
                foreach (StoredRepository repository in registry.Repositories.Values) repository.Layers.AbandonUploads();
        Blobs.Dispose();
    }
}
