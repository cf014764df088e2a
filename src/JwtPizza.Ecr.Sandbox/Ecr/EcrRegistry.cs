using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The private registry of one account in one region, or its public one.</summary>
internal sealed class EcrRegistry
{
    /// <summary>The place of ECR Public's registry. No caller can sign for a region of this name.</summary>
    public const string PublicRegion = "public.ecr";

    private readonly object _gate = new();
    private readonly HashSet<StoredRepository> _touched = [];
    private readonly List<Kept> _unsettled = [];
    private readonly List<JsonObject> _happened = [];
    private RegistrySettings _settings, _kept;

    public EcrRegistry(EcrWorld world, string registryId, string region)
    {
        (World, RegistryId, Region) = (world, registryId, region);
        _settings = _kept = new(registryId, region);
    }

    public EcrWorld World { get; }

    public string RegistryId { get; }

    public string Region { get; }

    /// <summary>By name, in the order in which ECR's pages come.</summary>
    public SortedDictionary<string, StoredRepository> Repositories { get; } = new(StringComparer.Ordinal);

    /// <summary>What can be set on it. The call that sets it keeps it before it is answered.</summary>
    public RegistrySettings Settings
    {
        get => _settings;
        set
        {
            if (value.Policy != _settings.Policy)
                Policy = value.Policy is { } policy ? ResourcePolicy.Parse(policy, "registry", Service) : null;
            _settings = value;
        }
    }

    public ResourcePolicy? Policy { get; private set; }

    public IReadOnlyList<ReplicationRule> Replication => _settings.Replication;

    public ScanningConfiguration Scanning => _settings.Scanning;

    /// <summary>What was pushed and waits for the <see cref="Replicator"/>.</summary>
    public ConcurrentQueue<ReplicationParcel> Outbox { get; } = new();

    /// <summary>
    /// Does work in the registry, alone, and keeps what it changed. When this returns, all that the work saw is on the disk, also what
    /// others did a moment before; the wait for the disk keeps nobody from the registry.
    /// </summary>
    /// <param name="work">Reads or changes what is in here; without an await.</param>
    /// <param name="writes">Whether it may change something.</param>
    /// <exception cref="ApiError">The disk is full or broken, and nothing was changed.</exception>
    public T Run<T>(Func<T> work, bool writes = true)
    {
        List<Kept> own = [], others = [];
        List<JsonObject> happened = [];
        try
        {
            lock (_gate)
            {
                try { return work(); }
                finally
                {
                    others.AddRange(_unsettled);
                    own.AddRange(Keep(writes));
                    happened.AddRange(_happened);
                    _happened.Clear();
                }
            }
        }
        finally { Settle(own, others, happened); }
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Notes an event, to be told when it is on the disk.</summary>
    public void Tell(JsonObject happened) => _happened.Add(happened);

    /// <summary>Notes that a repository has something to keep.</summary>
    public void Touch(StoredRepository repository) => _touched.Add(repository);

    /// <summary>Takes up the settings that an earlier sandbox left.</summary>
    public void Restore(RegistrySettings settings) => _kept = Settings = settings;

    /// <summary>The part of AWS that it is in. A sandbox also takes regions that AWS does not have.</summary>
    public Partition Partition => Partition.Find(Region) ?? Partition.Commercial;

    public bool IsPublic => Region == PublicRegion;

    /// <summary>The service that it belongs to, as ARNs and permissions name it.</summary>
    public string Service => IsPublic ? "ecr-public" : "ecr";

    /// <summary>What stands between host and name in ECR Public; AWS gives each registry one at random.</summary>
    public string Alias => $"p{RegistryId[^7..]}";

    /// <summary>Host, and in ECR Public the alias: what the URIs of its repositories begin with.</summary>
    public string Uri =>
        IsPublic
            ? $"{World.PublicHost}/{Alias}" : World.Hosts.Of(this) is { } own
                ? $"{own}:{World.Info.RegistryHost.Split(':')[1]}" : World.Info.RegistryHost;

    public string ArnOf(string repository) =>
        $"{new Arn(Partition.Name, Service, IsPublic ? "" : Region, RegistryId, $"repository/{repository}")}";

    public StoredRepository Find(string repository) => Repositories.GetValueOrDefault(repository) ?? throw new ApiError(
        "RepositoryNotFoundException", $"The repository with name '{repository}' does not exist in the registry with id '{RegistryId}'");

    /// <summary>Makes a repository. Null when there is one of this name.</summary>
    public StoredRepository? Add(string name, Func<StoredSettings, StoredSettings> settings)
    {
        StoredRepository made = new(this, name);
        StoredSettings wanted = settings(made.Settings);
        if (!Repositories.TryAdd(name, made)) return null;
        made.Open(wanted);
        return made;
    }

    public void Remove(StoredRepository repository)
    {
        Repositories.Remove(repository.Name);
        repository.Remove();
    }

    /// <summary>Ends all uploads, and writes down what was not written yet.</summary>
    public void Close()
    {
        try
        {
            Run(() =>
            {
                foreach (StoredRepository repository in Repositories.Values)
                {
                    repository.Layers.AbandonUploads();
                    repository.KeepPulls();
                }
            });
        }
        catch (ApiError) { }   // of the pulls since the last change, the times are lost
        lock (_gate)
            foreach (StoredRepository repository in Repositories.Values) repository.CloseJournal();
    }

    private List<Kept> Keep(bool writes)
    {
        bool isChanged = !ReferenceEquals(_settings, _kept);
        if (!writes && (isChanged || _touched.Count > 0))
            throw new InvalidOperationException("An operation changed something, and its row says that it does not.");
        if (isChanged) KeepSettings();
        List<Kept> kept = [];
        ApiError? failure = null;
        foreach (StoredRepository repository in _touched.ToList())
        {
            try { kept.Add(repository.Keep()); }
            catch (ApiError e)
            {
                _happened.Clear();
                failure ??= e;
            }
        }
        _touched.Clear();
        _unsettled.RemoveAll(k => k.Journal!.IsFlushed(k.Position));
        _unsettled.AddRange(kept.Where(k => k.Journal is not null));
        return failure is null ? kept : throw failure;
    }

    private void KeepSettings()
    {
        try
        {
            if (World.State is { } state) _settings.Save(state);
            _kept = _settings;
        }
        catch (ApiError)
        {
            _happened.Clear();
            Settings = _kept;
            throw;
        }
    }

    /// <summary>Waits for the disk, and only then lets go of what is needed no more.</summary>
    private void Settle(List<Kept> own, List<Kept> others, List<JsonObject> happened)
    {
        foreach (Kept kept in others.Concat(own))
        {
            try { kept.Journal?.Flush(kept.Position); }
            catch (Exception e) when (Storage.IsFailure(e))
            {
                lock (_gate) kept.Repository.Reload();
                throw Storage.Failed(World.State!.Root, e);
            }
        }
        happened.ForEach(World.Events.Publish);
        foreach (Kept kept in own)
        {
            foreach (Digest digest in kept.Free) World.Blobs.Release(digest);
            if (kept.Journal?.IsLong == true)
                lock (_gate) kept.Repository.CompactIfWasteful();
        }
    }
}
