using JwtPizza.Ecr.Sandbox.Registry;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A repository: its settings, its images, its layers. All that changes goes by <see cref="Do"/>, under the registry's
/// gate.</summary>
internal sealed class StoredRepository
{
    private const int PullsARecord = 16;
    private readonly HashSet<StoredImage> _pulled = [];
    private List<Change> _pending = [];
    private Journal? _journal;
    private StoredSettings _settings;

    public StoredRepository(EcrRegistry registry, string name)
    {
        (Registry, Name, _settings) = (registry, name, new(registry.World.Clock.GetUtcNow()));
        Layers = new(registry.World.Blobs);
        Images = new(this);
    }

    public EcrRegistry Registry { get; }

    public string Name { get; }

    public StoredSettings Settings
    {
        get => _settings;
        private set
        {
            if (value.Lifecycle != _settings.Lifecycle)
                Lifecycle = value.Lifecycle is { } lifecycle ? LifecyclePolicy.Parse(lifecycle) : null;
            if (value.Policy != _settings.Policy)
                Policy = value.Policy is { } policy ? ResourcePolicy.Parse(policy, "repository", Registry.Service) : null;
            _settings = value;
        }
    }

    public DateTimeOffset CreatedAt => _settings.CreatedAt;

    public TagMutability Mutability => _settings.Mutability;

    public LifecyclePolicy? Lifecycle { get; private set; }

    public ResourcePolicy? Policy { get; private set; }

    public IReadOnlyDictionary<string, string> ResourceTags => _settings.ResourceTags;

    /// <summary>When a tag was last looked up upstream; not kept.</summary>
    public Dictionary<string, DateTimeOffset> LookedUp { get; } = new(StringComparer.Ordinal);

    /// <summary>What the last preview found; not kept.</summary>
    public LifecyclePreview? Preview { get; set; }

    public ImageStore Images { get; }

    public LayerStore Layers { get; }

    public string Arn => Registry.ArnOf(Name);

    public string Uri => $"{Registry.Uri}/{Name}";

    /// <summary>Whether it was removed from its registry.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Takes a step. The call that takes it keeps it before it is answered.</summary>
    public void Do(Change change)
    {
        Apply(change);
        _pending.Add(change);
        Registry.Touch(this);
    }

    /// <summary>Changes settings.</summary>
    public void Set(Func<StoredSettings, StoredSettings> change) => Do(new SettingsChanged(change(_settings)));

    /// <summary>Makes a finished upload a layer, which may be here already. False when it is no longer an upload of this
    /// repository.</summary>
    public bool Take(Upload upload, Digest digest)
    {
        if (!Layers.End(upload)) return false;
        if (Layers.SizeOf(digest) is not null) upload.Dispose();
        else
        {
            Registry.World.Blobs.Commit(upload, digest);
            Do(new LayerAdded(digest, upload.Length));
        }
        Layers.Promise(digest);
        return true;
    }

    /// <summary>Takes a layer over that another repository holds. False when none does.</summary>
    public bool Adopt(Digest digest)
    {
        if (Layers.SizeOf(digest) is null)
        {
            if (Registry.World.Blobs.Share(digest) is not { } size) return false;
            Do(new LayerAdded(digest, size));
        }
        Layers.Promise(digest);
        return true;
    }

    /// <summary>Notes a pull. It is written with the next change, so that reading writes nothing.</summary>
    /// <param name="image">The image.</param>
    /// <param name="caller">Who pulled; null for AWS itself.</param>
    public void Pulled(StoredImage image, Http.Caller? caller)
    {
        if (caller is not null && Registry.Settings.PullTimeExclusions.Count > 0 && Registry.World.PrincipalOf(caller) is { } principal
            && Registry.Settings.PullTimeExclusions.ContainsKey(principal))
            return;
        image.Marks = image.Marks with { PulledAt = Registry.World.Clock.GetUtcNow() };
        _pulled.Add(image);
    }

    /// <summary>Begins a repository that was made just now.</summary>
    public void Open(StoredSettings settings)
    {
        Do(new RepositoryOpened(Registry.RegistryId, Registry.Region, Name, 0));
        Do(new SettingsChanged(settings));
    }

    /// <summary>Marks it as removed; <see cref="Keep"/> takes it from the disk.</summary>
    public void Remove()
    {
        IsGone = true;
        Registry.Touch(this);
    }

    /// <summary>Writes down what has changed since the last time, in one record. Answers what must be waited for and let go of.</summary>
    /// <exception cref="Http.ApiError">The disk is full or broken; the repository is as it was before.</exception>
    public Kept Keep()
    {
        if (IsGone) return Delete();
        List<Digest> free = [.. Layers.Unneeded(DateTime.UtcNow)];
        foreach (Digest digest in free) Do(new LayerRemoved(digest));
        List<Change> changes = [.. Interlocked.Exchange(ref _pending, []), .. TakePulls(PullsARecord)];
        if (Registry.World.State is not { IsOver: false } state || changes.Count == 0) return new(this, null, 0, free);
        try
        {
            return new(this, _journal ??= Journal.Create(state.JournalOf(Registry.RegistryId, Registry.Region, Name), state),
                _journal!.Append(changes), free);
        }
        catch (Exception e) when (Storage.IsFailure(e))
        {
            Reload();
            throw Storage.Failed(state.Root, e);
        }
    }

    /// <summary>Writes down the pulls that are not kept yet.</summary>
    public void KeepPulls()
    {
        if (_pulled.Count == 0 || _journal is null) return;
        _pending.AddRange(TakePulls(int.MaxValue));
        Registry.Touch(this);
    }

    /// <summary>Has the journal written anew when most of it is history; in the background, while others go on. The caller holds the
    /// gate.</summary>
    public void CompactIfWasteful()
    {
        List<Change> snapshot = [.. Snapshot()];
        if (_journal?.BeginCompaction(snapshot.Count) != true) return;
        _pulled.Clear();
        _ = Task.Run(() => _journal.Compact(snapshot));
    }

    /// <summary>Takes up what an earlier sandbox left.</summary>
    public void Restore(Journal journal, IReadOnlyList<Change> changes)
    {
        _journal = journal;
        foreach (Change change in changes) Apply(change);
        Layers.PromiseAll();   // who pushed them may come back for the manifest
    }

    /// <summary>The shortest history that leads here.</summary>
    public IReadOnlyList<Change> Export() => [.. Snapshot()];

    /// <summary>Goes the way of a history; in a repository that was made just now.</summary>
    public void Import(IReadOnlyList<Change> history, IReadOnlyDictionary<Digest, byte[]> layers)
    {
        foreach (Change change in history)
        {
            if (change is LayerAdded { Digest: var digest, Size: var size })
            {
                byte[] content = layers.GetValueOrDefault(digest)
                    ?? throw StateFolder.Damaged($"the layer {digest} of the repository '{Name}' is missing");
                if (content.Length != size || Digest.Of(content) != digest)
                    throw StateFolder.Damaged($"the layer {digest} has other bytes");
                Registry.World.Blobs.Take(digest, content);
            }
            Do(change);
        }
        Layers.PromiseAll();
    }

    /// <summary>Goes back to what is on the disk.</summary>
    public void Reload()
    {
        _pending.Clear();
        _pulled.Clear();
        List<Digest> before = [.. Layers.All];
        Images.Clear();
        Layers.Forget();
        IReadOnlyList<Change> changes = _journal?.Reread() ?? [];
        foreach (Change change in changes) Apply(change);
        Layers.PromiseAll();
        if (changes.Count == 0 && Registry.Repositories.Remove(Name)) _journal?.Delete();   // its making failed
        foreach (Digest lost in before.Where(d => Layers.SizeOf(d) is null)) Registry.World.Blobs.Release(lost);
    }

    public void CloseJournal() => _journal?.Dispose();

    /// <summary>The shortest history that leads here.</summary>
    private IEnumerable<Change> Snapshot() =>
    [
        new RepositoryOpened(Registry.RegistryId, Registry.Region, Name, Images.Pushes), new SettingsChanged(_settings),
        .. Layers.All.OrderBy(d => d.Value, StringComparer.Ordinal).Select(d => new LayerAdded(d, Layers.SizeOf(d)!.Value)),
        .. Images.History(),
    ];

    private Kept Delete()
    {
        try { _journal?.Delete(); }
        catch (Exception e) when (Storage.IsFailure(e))
        {
            IsGone = false;
            Registry.Repositories.Add(Name, this);
            throw Storage.Failed(Registry.World.State!.Root, e);
        }
        Layers.AbandonUploads();
        List<Digest> all = [.. Layers.All];
        Layers.Forget();
        return new(this, null, 0, all);
    }

    private List<ImageMarked> TakePulls(int most)
    {
        List<StoredImage> taken = [.. _pulled.Take(most)];
        _pulled.ExceptWith(taken);
        return [.. taken.Where(i => Images.Find(i.Digest) == i).Select(i => new ImageMarked(i.Digest, i.Marks))];
    }

    private void Apply(Change change)
    {
        switch (change)
        {
            case RepositoryOpened opened: Images.Pushes = opened.Pushes; break;
            case SettingsChanged { Settings: var settings }: Settings = settings; break;
            case LayerAdded added: Layers.Add(added.Digest, added.Size); break;
            case LayerRemoved removed: Layers.Remove(removed.Digest); break;
            default: Images.Apply(change); break;
        }
    }
}

/// <summary>What a call has written to a repository's journal.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Journal">Where it was written; null when nothing was.</param>
/// <param name="Position">How far the journal must be on the disk before the call is answered.</param>
/// <param name="Free">Layers that it needs no more, once that is on the disk.</param>
internal sealed record Kept(StoredRepository Repository, Journal? Journal, long Position, IReadOnlyList<Digest> Free);
