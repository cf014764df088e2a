using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// An OCI image layout that is being written, a folder or a tar. Each blob is checked against its digest before it has its name; a tar has
/// its name when it is complete. An image of one platform can also be given to <c>docker load</c>, whatever the docker.
/// </summary>
internal sealed class LayoutWriter : ImageRepository, IAsyncDisposable
{
    private const string RefName = "org.opencontainers.image.ref.name", ImageName = "io.containerd.image.name";
    private const int Piece = 1 << 18;

    private readonly string _path;
    private readonly TarFile? _tar;
    private readonly Dictionary<Digest, StoredManifest> _manifests = [];
    private readonly JsonArray _index;

    private LayoutWriter(string path, TarFile? tar, JsonArray index) => (_path, _tar, _index) = (path, tar, index);

    /// <summary>What docker is to call the image: the repository's URI; null leaves it to the tag.</summary>
    public string? DockerName { get; init; }

    public override string Name => _path;

    public override string Whereabouts => _path;

    // A tar is written from one end to the other.
    public override int Parallel => _tar is null ? base.Parallel : 1;

    /// <summary>Begins a layout, or goes on with one that is in the folder.</summary>
    /// <param name="path">Ends in .tar for a tar; else it is a folder.</param>
    /// <param name="force">Whether a tar that is there may be replaced.</param>
    /// <param name="dockerName">What docker is to call the image.</param>
    /// <exception cref="PizzaException"><c>LayoutExists</c>, <c>LayoutNotWritable</c>.</exception>
    public static LayoutWriter Open(string path, bool force, string? dockerName)
    {
        try
        {
            if (IsTar(path))
            {
                if (Path.Exists(path) && (!force || Directory.Exists(path)))
                    throw Exists(path, Directory.Exists(path) ? "a folder" : "a file; -Force replaces it");
                return new(path, new TarFile(path), []) { DockerName = dockerName };
            }
            if (File.Exists(path)) throw Exists(path, "a file, and not a tar by its name");
            bool isLayout = File.Exists(Path.Combine(path, LayoutFiles.Index));
            if (!isLayout && Directory.Exists(path)
                && Directory.EnumerateFileSystemEntries(path).Any(e => Path.GetFileName(e) is not ("blobs" or LayoutFiles.Version)))
                throw Exists(path, "a folder with other things in it");
            Directory.CreateDirectory(Path.Combine(path, "blobs", "sha256"));
            JsonArray index =
                isLayout
                    && JsonNode.Parse(File.ReadAllText(Path.Combine(path, LayoutFiles.Index)))?["manifests"]?.DeepClone() is JsonArray there
                    ? there : [];
            return new(path, null, index) { DockerName = dockerName };
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
            {
                throw NotWritable(path, e);
            }
    }

    /// <summary>Whether a path is that of a tar.</summary>
    public static bool IsTar(string path) => path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RepositoryPlace { RepositoryName = _path, RepositoryUri = _path });

    public override Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, StoredManifest>>(
            references.Distinct().Select(r => (r, Found: Find(r))).Where(f => f.Found is not null).ToDictionary(f => f.r, f => f.Found!));

    public override Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It was opened for writing.");

    public override Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult(_tar?.Has(BlobName(digest)) ?? File.Exists(FileOf(digest)));

    public override async Task<bool> PutBlobAsync(
        BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken)
    {
        BlobReader reader = new(source);
        await using (reader.ConfigureAwait(false))
        {
            try
            {
                if (_tar is not null)
                    await _tar.AddAsync(BlobName(source.Blob.Digest), source.Blob.Size,
                        stream => CopyAsync(reader, stream, sent, cancellationToken)).ConfigureAwait(false);
                else await WriteAsync(FileOf(source.Blob.Digest), stream => CopyAsync(reader, stream, sent, cancellationToken))
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw NotWritable(_path, e); }
        }
        return false;
    }

    public override async Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken)
    {
        OciDescriptor blob = new(manifest.Manifest.MediaType, manifest.Digest, manifest.Content.Length);
        if (!await HasBlobAsync(manifest.Digest, cancellationToken).ConfigureAwait(false))
            await PutBlobAsync(
                new(blob, (from, _) => Task.FromResult<Stream>(new MemoryStream(manifest.Content[(int)from..])), () => Damaged(blob)),
                _ => { }, null, cancellationToken).ConfigureAwait(false);
        _manifests[manifest.Digest] = manifest;
        if (tag is not null) Enter(manifest, tag);
    }

    /// <summary>Writes the index of what was put. Only now is it a layout.</summary>
    public override async Task CompleteAsync(CancellationToken cancellationToken)
    {
        // What has neither a tag nor an index is found by its digest alone.
        HashSet<string> named = [.. _index.Select(e => (string)e!["digest"]!),
            .. _manifests.Values.SelectMany(m => m.Manifest.Manifests).Select(m => m.Digest.Value)];
        foreach (StoredManifest loose in _manifests.Values.Where(m => !named.Contains(m.Digest.Value))) Enter(loose, null);
        try
        {
            await AddAsync(LayoutFiles.Version, """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray()).ConfigureAwait(false);
            if (_tar is not null && DockerIndex() is { } docker)
                await AddAsync(LayoutFiles.DockerIndex, Encoding.UTF8.GetBytes(docker.ToJsonString())).ConfigureAwait(false);
            JsonObject index = new() { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = _index.DeepClone() };
            await AddAsync(LayoutFiles.Index, Encoding.UTF8.GetBytes(index.ToJsonString())).ConfigureAwait(false);
            if (_tar is not null) await _tar.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw NotWritable(_path, e); }
    }

    public async ValueTask DisposeAsync()
    {
        if (_tar is not null) await _tar.DisposeAsync().ConfigureAwait(false);
    }

    private StoredManifest? Find(string reference)
    {
        JsonNode? entry =
            _index.FirstOrDefault(e => (string?)e?["annotations"]?[RefName] == reference || (string?)e?["digest"] == reference);
        if (!Digest.TryParse((string?)entry?["digest"] ?? reference, out Digest digest)) return null;
        if (_manifests.TryGetValue(digest, out StoredManifest? manifest)) return manifest;
        return entry is not null && _tar is null && File.Exists(FileOf(digest)) && File.ReadAllBytes(FileOf(digest)) is var content
            && Digest.Of(content) == digest ? new(digest, content, (string?)entry["mediaType"]) : null;
    }

    private void Enter(StoredManifest manifest, string? tag)
    {
        JsonObject entry =
            new() { ["mediaType"] = manifest.Manifest.MediaType, ["digest"] = manifest.Digest.Value, ["size"] = manifest.Content.Length };
        if (tag is not null) entry["annotations"] = new JsonObject { [RefName] = tag };
        if (tag is not null && DockerName is not null) entry["annotations"]![ImageName] = $"{DockerName}:{tag}";
        foreach (JsonNode? old in _index.Where(e =>
            (string?)e?["annotations"]?[RefName] == tag && (tag is not null || (string?)e?["digest"] == manifest.Digest.Value)).ToArray())
            _index.Remove(old);
        _index.Add((JsonNode)entry);
    }

    // What docker without the containerd image store reads:
    // https://github.com/moby/docker-image-spec/blob/v1.2.0/v1.2.md#combined-image-json--filesystem-changeset-format
    private JsonArray? DockerIndex()
    {
        StoredManifest[] roots =
            [.. _index.Select(e => Digest.Parse((string)e!["digest"]!)).Distinct().Select(d => _manifests.GetValueOrDefault(d))
                .OfType<StoredManifest>().Where(m => MediaTypes.IsImageConfig(m.Manifest.Config?.MediaType))];
        if (roots.Length == 0) return null;
        return [.. roots.Select(m => (JsonNode)new JsonObject
        {
            ["Config"] = BlobName(m.Manifest.Config!.Digest),
            ["RepoTags"] =
                new JsonArray(
                    [.. _index.Where(e => (string?)e!["digest"] == m.Digest.Value).Select(e => (string?)e!["annotations"]?[ImageName])
                        .OfType<string>().Select(n => (JsonNode)n)]),
            ["Layers"] = new JsonArray([.. m.Manifest.Layers.Select(l => (JsonNode)BlobName(l.Digest))]),
        })];
    }

    private Task AddAsync(string name, byte[] content) =>
        _tar?.AddAsync(name, content.Length, async stream => await stream.WriteAsync(content, CancellationToken.None).ConfigureAwait(false))
        ?? WriteAsync(Path.Combine(_path, name),
            async stream => await stream.WriteAsync(content, CancellationToken.None).ConfigureAwait(false));

    // A file has its name when it is whole.
    private static async Task WriteAsync(string file, Func<Stream, Task> write)
    {
        string partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            FileStream stream = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
            await using (stream.ConfigureAwait(false)) await write(stream).ConfigureAwait(false);
            File.Move(partial, file, overwrite: true);
        }
        finally { File.Delete(partial); }
    }

    private static async Task CopyAsync(BlobReader reader, Stream to, Action<long> sent, CancellationToken cancellationToken)
    {
        byte[] piece = new byte[Piece];
        while (!reader.IsAtEnd)
        {
            int n = await reader.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
            await to.WriteAsync(piece.AsMemory(0, n), cancellationToken).ConfigureAwait(false);
            sent(n);
        }
        await reader.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);   // of an empty blob, the check
    }

    private static string BlobName(Digest digest) => $"blobs/sha256/{digest.Hex}";

    private string FileOf(Digest digest) => Path.Combine(_path, "blobs", "sha256", digest.Hex);

    private static PizzaException Exists(string path, string what) =>
        new("LayoutExists", PizzaErrorKind.AlreadyExists,
            $"'{path}' already exists: it is {what}. Nothing was written; choose another -Path.", path);

    private static PizzaException NotWritable(string path, Exception e) => ErrorCatalog.DiskFull(path, e)
        ?? new("LayoutNotWritable", PizzaErrorKind.OperationFailed,
            $"'{path}' cannot be written: {e.Message.TrimEnd('.')}. Check the folder, its permissions and the space on the disk.", path, e);
}
