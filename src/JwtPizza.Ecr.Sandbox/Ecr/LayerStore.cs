using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// The layers and configurations that a repository holds, and those on their way in. A layer goes when no manifest needs it, unless
/// it was promised: who uploads a layer, or is told that it is here, may come with a manifest that needs it.
/// </summary>
internal sealed class LayerStore(BlobStore blobs)
{
    private static readonly TimeSpan s_forgotten = TimeSpan.FromHours(1);
    private readonly Dictionary<Digest, Layer> _layers = [];
    private readonly HashSet<Digest> _unused = [];
    private readonly Dictionary<Guid, Upload> _uploads = [];

    private sealed class Layer(long size)
    {
        public long Size => size;

        /// <summary>How many manifests need it.</summary>
        public int Users { get; set; }

        public string? MediaType { get; set; }

        /// <summary>Until when it stays for those who may come for it, oldest first; by the real clock.</summary>
        public Queue<DateTime> Promises { get; } = new();
    }

    public long? SizeOf(Digest digest) => _layers.GetValueOrDefault(digest)?.Size;

    /// <summary>The media type by which a manifest names it; null when none does.</summary>
    public string? MediaTypeOf(Digest digest) => _layers.GetValueOrDefault(digest)?.MediaType;

    /// <summary>Whether a manifest needs it.</summary>
    public bool IsUsed(Digest digest) => _layers.GetValueOrDefault(digest) is { Users: > 0 };

    public IEnumerable<Digest> All => _layers.Keys;

    public FileStream Open(Digest digest) => blobs.Open(digest);

    /// <summary>The layer's size, and a promise that it stays for the manifest that is coming; null when it is not here.</summary>
    public long? Promise(Digest digest)
    {
        if (_layers.GetValueOrDefault(digest) is not { } layer) return null;
        layer.Promises.Enqueue(DateTime.UtcNow + s_forgotten);
        return layer.Size;
    }

    public void PromiseAll()
    {
        foreach (Digest digest in _unused) Promise(digest);
    }

    /// <summary>Those that no manifest needs and nobody was promised.</summary>
    public IEnumerable<Digest> Unneeded(DateTime now) => _unused.Where(d =>
    {
        Queue<DateTime> promises = _layers[d].Promises;
        while (promises.TryPeek(out DateTime end) && end < now) promises.Dequeue();
        return promises.Count == 0;
    });

    public void Add(Digest digest, long size)
    {
        if (!_layers.TryAdd(digest, new(size))) throw State.StateFolder.Damaged($"the layer {digest} is in a repository twice");
        _unused.Add(digest);
    }

    public void Remove(Digest digest)
    {
        _layers.Remove(digest);
        _unused.Remove(digest);
    }

    /// <summary>One manifest more needs a layer, for which it may have been promised. False when it is not here.</summary>
    public bool Use(OciDescriptor blob)
    {
        if (_layers.GetValueOrDefault(blob.Digest) is not { } layer) return false;
        layer.Users++;
        layer.MediaType ??= blob.MediaType;
        layer.Promises.TryDequeue(out _);
        _unused.Remove(blob.Digest);
        return true;
    }

    public void Unuse(Digest digest)
    {
        if (_layers.GetValueOrDefault(digest) is { } layer && --layer.Users == 0) _unused.Add(digest);
    }

    /// <summary>Forgets all layers, but not the uploads.</summary>
    public void Forget()
    {
        _layers.Clear();
        _unused.Clear();
    }

    public Upload Begin()
    {
        foreach (Upload old in _uploads.Values.Where(u => DateTime.UtcNow - u.TouchedAt > s_forgotten).ToList()) Abandon(old);
        Upload upload = blobs.Begin();
        _uploads[upload.Id] = upload;
        return upload;
    }

    public Upload? Find(Guid upload) => _uploads.GetValueOrDefault(upload);

    /// <summary>Ends an upload. False when it is no longer one of this repository.</summary>
    public bool End(Upload upload) => _uploads.Remove(upload.Id);

    public void Abandon(Upload upload)
    {
        if (_uploads.Remove(upload.Id)) upload.Dispose();
    }

    public void AbandonUploads()
    {
        foreach (Upload upload in _uploads.Values.ToList()) Abandon(upload);
    }
}
