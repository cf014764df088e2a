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
    private int _disposed;

    public SandboxInfo Info => info;

    /// <summary>ECR Public's host; another one than that of the private registries, so that docker keeps both logins.</summary>
    public string PublicHost { get; } = $"localhost:{info.RegistryHost.Split(':')[1]}";

    public SandboxClock Clock => clock;

    public BlobStore Blobs => blobs;

    /// <summary>What stands for the registries outside that are upstream of a pull-through cache, by host: an address on this machine, or a
    /// folder in the OCI layout.</summary>
    public IReadOnlyDictionary<string, string> Upstreams { get; init; } = new Dictionary<string, string>();

    /// <summary>The registries that have a host of their own.</summary>
    public RegistryHostNames Hosts { get; init; } = RegistryHostNames.Parse([]);

    /// <summary>What happened in the registries.</summary>
    public Watching.EventFeed Events { get; } = new();

    /// <summary>The role or user behind a caller.</summary>
    public Func<Http.Caller, string?> PrincipalOf { get; set; } = _ => null;

    /// <summary>Where all is kept over a restart; null when nothing is.</summary>
    public StateFolder? State => state;

    public AuthorizationTokens Tokens { get; } = new(clock, state);

    public LayerLinks Links { get; } = new(clock);

    /// <summary>Checks policies before they are stored; null where they are not enforced.</summary>
    public PolicyKeeper? PolicyKeeper { get; set; }

    public void Replicate(EcrRegistry source) => new Replicator(this).Deliver(source);

    /// <summary>The registry of an account in a region; every one exists, empty until used.</summary>
    public EcrRegistry Registry(string registryId, string region) =>
        _registries.GetOrAdd((registryId, region), static (key, world) => new(world, key.RegistryId, key.Region), this);

    /// <summary>Those that were used, by account and region.</summary>
    public IEnumerable<EcrRegistry> Registries => _registries.OrderBy(r => r.Key).Select(r => r.Value);

    /// <summary>Whether an account has a rule of replication in any region.</summary>
    public bool HasReplicated(string registryId) => _registries.Values.Any(r => r.RegistryId == registryId && r.Replication.Count > 0);

    public int CountRepositories() => _registries.Values.Sum(r => r.Run(() => r.Repositories.Count, writes: false));

    /// <summary>Takes up what an earlier sandbox kept.</summary>
    /// <exception cref="PizzaException"><c>InvalidState</c>.</exception>
    public void Restore()
    {
        if (state is null) return;
        foreach (RegistrySettings settings in RegistrySettings.LoadAll(state))
            Registry(settings.RegistryId, settings.Region).Restore(settings);
        foreach (string file in state.Journals.ToList()) Restore(file);
        Blobs.Verify();
    }

    /// <summary>All that is there, in an order that does not depend on how it came: settings, the history of each repository, and the
    /// layers.</summary>
    /// <param name="limit">How many bytes of layers there may be.</param>
    /// <exception cref="PizzaException"><c>WorldTooLarge</c>.</exception>
    public (
        IReadOnlyList<RegistrySettings> Registries,
        IReadOnlyList<IReadOnlyList<Change>> Repositories,
        Dictionary<Digest, byte[]> Layers) Export(long limit)
    {
        List<RegistrySettings> settings = [];
        List<IReadOnlyList<Change>> repositories = [];
        Dictionary<Digest, byte[]> layers = [];
        long size = 0;
        foreach (EcrRegistry registry in Registries)
            registry.Run(() =>
            {
                settings.Add(registry.Settings);
                foreach (IReadOnlyList<Change> history in registry.Repositories.Values.Select(r => r.Export()))
                {
                    foreach (LayerAdded layer in history.OfType<LayerAdded>().Where(l => !layers.ContainsKey(l.Digest)))
                    {
                        if ((size += layer.Size) > limit) throw TooLarge(limit);
                        layers[layer.Digest] = Blobs.ReadAll(layer.Digest);
                    }
                    repositories.Add(history);
                }
                return true;
            }, writes: false);
        return (settings, repositories, layers);
    }

    /// <summary>Takes up what <see cref="Export"/> gave, in a world that holds nothing.</summary>
    /// <exception cref="PizzaException"><c>InvalidState</c>: it does not fit together.</exception>
    public void Import(IEnumerable<RegistrySettings> registries, IEnumerable<IReadOnlyList<Change>> repositories,
        IReadOnlyDictionary<Digest, byte[]> layers)
    {
        foreach (RegistrySettings settings in registries)
        {
            EcrRegistry registry = Registry(settings.RegistryId, settings.Region);
            registry.Run(() => registry.Settings = settings);
        }
        foreach (IReadOnlyList<Change> history in repositories)
        {
            if (history is not [RepositoryOpened opened, ..])
                throw StateFolder.Damaged("the history of a repository does not begin with its name");
            EcrRegistry registry = Registry(opened.RegistryId, opened.Region);
            registry.Run(() =>
            {
                StoredRepository repository = new(registry, opened.Name);
                if (!registry.Repositories.TryAdd(opened.Name, repository))
                    throw StateFolder.Damaged($"the repository '{opened.Name}' of {opened.RegistryId} in {opened.Region} appears twice");
                repository.Import(history, layers);
            });
        }
    }

    private static PizzaException TooLarge(long limit) => new("WorldTooLarge", PizzaErrorKind.LimitExceeded,
        $"The layers are larger than the {limit / (1024 * 1024)} MiB that one document can hold. " +
        "Start the sandbox with a folder (-StatePath, --state) and keep that instead.");

    private void Restore(string file)
    {
        (Journal journal, IReadOnlyList<Change> changes) = Journal.Open(file, state);
        if (changes.Count == 0)
        {
            journal.Delete();   // the sandbox was killed while it made the repository, and nobody was told of it
            return;
        }
        RepositoryOpened opened =
            changes[0] as RepositoryOpened ?? throw StateFolder.Damaged($"'{file}' does not begin with the name of a repository");
        EcrRegistry registry = Registry(opened.RegistryId, opened.Region);
        StoredRepository repository = new(registry, opened.Name);
        if (!registry.Repositories.TryAdd(opened.Name, repository))
            throw StateFolder.Damaged(
                $"the repository '{opened.Name}' of {opened.RegistryId} in {opened.Region} appears twice, the second time in '{file}'");
        repository.Restore(journal, changes);
        foreach (Digest digest in repository.Layers.All) Blobs.Restore(digest);
        repository.CompactIfWasteful();
    }

    /// <summary>Moves the clock, and lets lifecycle rules do their work once for each day that passes, as ECR does within 24
    /// hours.</summary>
    /// <returns>What the rules took, by ARN of the repository and image, oldest first.</returns>
    public IReadOnlyList<string> Advance(TimeSpan by)
    {
        List<string> taken = [];
        for (TimeSpan left = by, day; left > TimeSpan.Zero; left -= day)
        {
            day = left < s_run ? left : s_run;
            clock.Advance(day);
            foreach (EcrRegistry registry in _registries.Values)
                registry.Run(() =>
                {
                    foreach (StoredRepository repository in registry.Repositories.Values)
                        taken.AddRange(LifecycleRun.Execute(repository, clock.GetUtcNow()));
                });
        }
        return taken;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        foreach (EcrRegistry registry in _registries.Values) registry.Close();
        Blobs.Dispose();
    }
}
