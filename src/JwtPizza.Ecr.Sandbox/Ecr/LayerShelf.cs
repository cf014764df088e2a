using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The layers and configurations that a repository holds, and those on their way in.</summary>
internal sealed class LayerShelf(BlobStore blobs)
{
    private static readonly TimeSpan s_forgotten = TimeSpan.FromHours(1);
    private readonly Dictionary<Digest, long> _sizes = [];
    private readonly Dictionary<Guid, Upload> _uploads = [];

    public long? SizeOf(Digest digest) => _sizes.TryGetValue(digest, out long size) ? size : null;

    /// <summary>Sizes by digest.</summary>
    public IEnumerable<KeyValuePair<Digest, long>> All => _sizes;

    public FileStream Open(Digest digest) => blobs.Open(digest);

    public Upload Begin()
    {
        foreach (Upload old in _uploads.Values.Where(u => DateTime.UtcNow - u.TouchedAt > s_forgotten).ToList()) Abandon(old);
        Upload upload = blobs.Begin();
        _uploads[upload.Id] = upload;
        return upload;
    }

    public Upload? Find(Guid upload) => _uploads.GetValueOrDefault(upload);

    /// <summary>Makes the upload a layer, which may be here already. False when it is no longer an upload of this repository.</summary>
    public bool Commit(Upload upload, Digest digest)
    {
        if (!_uploads.Remove(upload.Id)) return false;
        if (_sizes.TryAdd(digest, upload.Length)) blobs.Commit(upload, digest);
        else upload.Dispose();
        return true;
    }

    public void Abandon(Upload upload)
    {
        if (_uploads.Remove(upload.Id)) upload.Dispose();
    }

    public void AbandonUploads()
    {
        foreach (Upload upload in _uploads.Values.ToList()) Abandon(upload);
    }

    /// <summary>Takes a layer over that another repository holds. False when none does.</summary>
    public bool Adopt(Digest digest)
    {
        if (_sizes.ContainsKey(digest)) return true;
        if (blobs.Share(digest) is not { } size) return false;
        _sizes[digest] = size;
        return true;
    }

    /// <summary>Takes up a layer that an earlier sandbox left. False when it is not there in this size.</summary>
    public bool Restore(Digest digest, long size) => blobs.Restore(digest, size) && _sizes.TryAdd(digest, size);

    public void Clear()
    {
        AbandonUploads();
        foreach (Digest digest in _sizes.Keys) blobs.Release(digest);
        _sizes.Clear();
    }
}
