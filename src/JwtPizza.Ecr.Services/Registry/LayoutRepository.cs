using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// An image in a folder or tar that follows the OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md):
/// what
/// buildx writes with <c>--output type=oci</c>, skopeo as <c>oci:</c>, and <c>docker save</c> since docker 25; or in the older form of
/// <c>docker save</c>.
/// </summary>
internal sealed class LayoutRepository : ImageRepository
{
    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
    private const int MaxManifest = 4 << 20;
    private const string GZipLayer = "application/vnd.oci.image.layer.v1.tar+gzip", PlainLayer = "application/vnd.oci.image.layer.v1.tar";

    private readonly LayoutFiles _files;
    private readonly Dictionary<Digest, FileSlice> _loose = [];       // the blobs of a docker archive lie under other names
    private readonly Dictionary<Digest, StoredManifest> _made = [];   // and its manifests nowhere
    private readonly IReadOnlyList<OciDescriptor> _entries;

    private LayoutRepository(LayoutFiles files)
    {
        _files = files;
        bool isDocker = files.Find(LayoutFiles.Version) is null && files.Find(LayoutFiles.Index) is null
            && files.Find(LayoutFiles.DockerIndex) is not null;
        _entries = isDocker ? ReadDocker() : ReadIndex();
        if (_entries.Count == 0)
            throw Bad(isDocker ? "its manifest.json, of the old form of 'docker save', names no image" : "its index.json names no image");
    }

    public override string Name => _files.Path;

    public override string Whereabouts => _files.Path;

    /// <summary>Opens a layout.</summary>
    /// <exception cref="PizzaException"><c>LayoutNotFound</c>, <c>InvalidLayout</c>.</exception>
    public static LayoutRepository Open(string path) => new(LayoutFiles.Open(path));

    /// <summary>Which image of the layout is meant.</summary>
    /// <param name="wanted">Its tag, its whole name or its digest there; null for the only one, signatures and the like not
    /// counted.</param>
    /// <exception cref="PizzaException"><c>LayoutTagNotFound</c>, <c>LayoutTagMissing</c>.</exception>
    public Digest Choose(string? wanted)
    {
        OciDescriptor[] named =
            [.. _entries.Where(m => wanted is null || m.Name == wanted || TagOf(m) == wanted || m.Digest.Value == wanted)
                .DistinctBy(m => m.Digest)];
        if (wanted is null && named.Length > 1)
            named = [.. named.Where(m => SubjectOf(m) is not { } subject || _entries.All(e => e.Digest != subject))];
        return named switch
        {
            [var one] => one.Digest,
            [] =>
                throw new PizzaException("LayoutTagNotFound", PizzaErrorKind.NotFound,
                    $"The layout '{Name}' contains no image '{wanted}'; it contains: {List(_entries)}.", wanted),
            _ =>
                throw new PizzaException("LayoutTagMissing", PizzaErrorKind.InvalidArgument, $"The layout '{Name}' holds {named.Length} " +
                    $"images ({List(named)}). Specify one with -LayoutTag, by tag or digest.", Name),
        };
    }

    /// <summary>What <see cref="Choose"/> takes: the tag of each image, or its digest where it has none.</summary>
    public IReadOnlyList<string> Choices => [.. _entries.Select(m => TagOf(m) ?? m.Digest.Value).Distinct()];

    /// <summary>The tags that the layout gives an image, as far as they are legal tags.</summary>
    public IReadOnlyList<string> TagsOf(Digest image) =>
        [.. _entries.Where(m => m.Digest == image).Select(TagOf).OfType<string>().Where(ImageTag.IsLegal).Distinct()];

    /// <summary>
    /// The image, or of an index of which the layout holds one platform alone, that image: <c>docker save</c> of what was pulled for one
    /// platform makes such, and <c>docker push</c> pushes it so.
    /// </summary>
    /// <exception cref="PizzaException"><c>InvalidLayout</c>: several platforms are there, and others are not.</exception>
    public Digest Present(Digest image, Action<string>? warning)
    {
        if (Manifest(image).Manifest is not { IsIndex: true } index
            || index.Manifests.All(m => Slice(m.Digest) is not null || _made.ContainsKey(m.Digest)))
            return image;
        OciDescriptor[] there = [.. index.Manifests.Where(m => !m.IsAttestation && Slice(m.Digest) is not null)];
        string missing = string.Join(", ",
            index.Manifests.Where(m => !m.IsAttestation && Slice(m.Digest) is null).Select(m => m.Platform ?? m.Digest.Value));
        if (there is not [var one])
            throw Bad(
                $"of its index {(there.Length == 0 ? "no image is" : $"the images for {missing} are not")} in it. " +
                "Save one with 'docker save --platform', or push from docker with -Image");
        warning
            ?.Invoke(
                $"'{Name}' holds only the image for {one.Platform} of an index ({missing} are not in it). " +
                $"That image is taken, with its own digest {one.Digest}.");
        return one.Digest;
    }

    public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RepositoryPlace { RepositoryName = Name, RepositoryUri = Name });

    public override Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, StoredManifest>>(
            references.Distinct().ToDictionary(r => r, r => Manifest(Digest.TryParse(r, out Digest digest) ? digest : Choose(r))));

    public override Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken) =>
        Task.FromResult(Find(blob).Open(from));

    public override async Task<IReadOnlyList<Digest>> ReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        return [.. _entries.Where(e => SubjectOf(e) == subject).Select(e => e.Digest).Distinct()];
    }

    // docker 25.0.0 saved images without their layers: https://github.com/moby/moby/issues/47226
    public override async Task CheckAsync(ImageTree tree, CancellationToken cancellationToken)
    {
        foreach (OciDescriptor blob in tree.Blobs) Find(blob);
        foreach (OciManifest image in tree.Manifests.Select(m => m.Manifest)
            .Where(m => MediaTypes.IsImageConfig(m.Config?.MediaType) && m.Config!.Size <= MaxManifest))
        {
            if (DiffIds(await ReadBlobAsync(image.Config!, cancellationToken).ConfigureAwait(false)) is { } layers
                && layers.Count != image.Layers.Count)
                throw Bad(
                    $"its image has {image.Layers.Count} layers, and its configuration {image.Config!.Digest} names {layers.Count}. " +
                    "The program that made it lost some");
        }
    }

    public override Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) =>
        Task.FromResult(Slice(digest) is not null);

    public override Task<bool> PutBlobAsync(BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It was opened for reading.");

    public override Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken) =>
        throw new NotSupportedException("It was opened for reading.");

    public override PizzaException Missing(string reference) => Bad($"'{reference}' is not in it; it was copied only in part");

    public override PizzaException Damaged(OciDescriptor blob) => Find(blob).Damaged(blob.Digest);

    private FileSlice? Slice(Digest digest) => _loose.GetValueOrDefault(digest) ?? _files.Find("blobs/sha256/" + digest.Hex);

    // Where a blob lies; its size is checked, its content not yet.
    private FileSlice Find(OciDescriptor descriptor)
    {
        FileSlice file = Slice(descriptor.Digest)
            ?? throw Bad($"'{descriptor.Digest}' ({descriptor.MediaType}) is not in it; it was copied only in part");
        return file.Length == descriptor.Size
            ? file : throw Bad($"'{descriptor.Digest}' has {file.Length} bytes where {descriptor.Size} are announced");
    }

    private StoredManifest Manifest(Digest digest)
    {
        if (_made.TryGetValue(digest, out StoredManifest? made)) return made;
        FileSlice file = Slice(digest) ?? throw Missing(digest.Value);
        if (file.Length > MaxManifest) throw Bad($"'{digest}' has {file.Length} bytes, and a manifest can have {MaxManifest}");
        if (_entries?.FirstOrDefault(e => e.Digest == digest) is { } entry) Find(entry);
        byte[] content = file.ReadAll();
        return Digest.Of(content) == digest
            ? new(digest, content, _entries?.FirstOrDefault(e => e.Digest == digest)?.MediaType) : throw file.Damaged(digest);
    }

    private Digest? SubjectOf(OciDescriptor entry)
    {
        try { return Manifest(entry.Digest).Manifest.Subject?.Digest; }
        catch (PizzaException) { return null; }   // damaged: told when it is taken
    }

    private IReadOnlyList<OciDescriptor> ReadIndex()
    {
        byte[] version = Top(LayoutFiles.Version);
        if (VersionOf(version) is not "1.0.0" and var other)
            throw Bad($"its file 'oci-layout' gives version '{other}', and 1.0.0 is the one known");
        byte[] index = Top(LayoutFiles.Index);
        try
        {
            return OciManifest.Parse(index, MediaTypes.OciIndex) is { IsIndex: true } parsed
                ? parsed.Manifests : throw Bad("its index.json is not an index");
        }
        catch (PizzaException e) when (e.ErrorId == "InvalidManifest") { throw Bad($"its index.json is damaged. {e.Message}", e); }
    }

    private byte[] Top(string name) => _files.Find(name) switch
    {
        null => throw Bad($"it has no file '{name}'"),
        { Length: 0 } => throw Bad($"its file '{name}' is empty, or not a file but a pipe, socket or device"),
        { Length: > MaxManifest } file => throw Bad($"its file '{name}' has {file.Length} bytes"),
        { } file => file.ReadAll(),
    };

    // [{"Config":"…json","RepoTags":["name:tag"],"Layers":["…/layer.tar"]}]:
    // https://github.com/moby/docker-image-spec/blob/v1.2.0/v1.2.md#combined-image-json--filesystem-changeset-format
    private List<OciDescriptor> ReadDocker()
    {
        try
        {
            List<OciDescriptor> entries = [];
            foreach (JsonNode? image in JsonNode.Parse(Top(LayoutFiles.DockerIndex))!.AsArray())
            {
                OciDescriptor made = MakeManifest((string)image!["Config"]!, [.. image["Layers"]!.AsArray().Select(l => (string)l!)]);
                string[] tags = [.. image["RepoTags"]?.AsArray().Select(t => (string)t!) ?? []];
                entries.AddRange(
                    tags.DefaultIfEmpty("")
                        .Select(t =>
                            made with { Annotations =
                                t.Length == 0 ? new Dictionary<string, string>() : new() { ["org.opencontainers.image.ref.name"] = t } }));
            }
            return entries;
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or NullReferenceException)
            {
                throw Bad("its manifest.json, of the old form of 'docker save', is damaged", e);
            }
    }

    // The archive has no manifest: one is made of its configuration and its layers, whose digests the configuration names, since they are
    // not compressed.
    private OciDescriptor MakeManifest(string config, string[] layers)
    {
        byte[] content = Top(config);
        List<string> names = DiffIds(content) ?? [];
        if (names.Count != layers.Length) throw Bad($"its image has {layers.Length} layers, and its configuration names {names.Count}");
        JsonObject manifest = new()
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Loose(MediaTypes.OciConfig, Digest.Of(content), _files.Find(config)!),
            ["layers"] =
                new JsonArray(
                    [.. layers.Select((l,
                        i) =>
                        _files.Find(l) is { } slice ? Loose(IsGZip(slice) ? GZipLayer : PlainLayer, Name(slice, names[i]), slice)
                            : throw Bad($"it has no file '{l}'"))]),
        };
        byte[] utf8 = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        Digest digest = Digest.Of(utf8);
        _made[digest] = new(digest, utf8, MediaTypes.OciManifest);
        return new(MediaTypes.OciManifest, digest, utf8.Length);

        static Digest Name(FileSlice slice, string diffId) => IsGZip(slice) ? Hash(slice) : Digest.Parse(diffId);
    }

    private JsonObject Loose(string mediaType, Digest digest, FileSlice slice)
    {
        _loose[digest] = slice;
        return new() { ["mediaType"] = mediaType, ["digest"] = digest.Value, ["size"] = slice.Length };
    }

    private static bool IsGZip(FileSlice slice)
    {
        Span<byte> start = stackalloc byte[2];
        using Stream stream = slice.Open();
        return stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1f, 0x8b];
    }

    private static Digest Hash(FileSlice slice)
    {
        using Stream stream = slice.Open();
        return Digest.FromHash(System.Security.Cryptography.SHA256.HashData(stream));
    }

    private static List<string>? DiffIds(byte[] config)
    {
        try { return JsonNode.Parse(config)?["rootfs"]?["diff_ids"]?.AsArray().Select(d => (string)d!).ToList(); }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { return null; }
    }

    private static string? VersionOf(byte[] json)
    {
        try { return (string?)JsonNode.Parse(json)?["imageLayoutVersion"]; }
        catch (Exception e) when (e is JsonException or InvalidOperationException) { return null; }
    }

    private string List(IEnumerable<OciDescriptor> entries) => string.Join(", ", entries.Select(Text).Distinct());

    // A tag or digest that -LayoutTag takes, and what it is.
    private string Text(OciDescriptor entry)
    {
        string name = entry.Name ?? entry.Digest.Value;
        try
        {
            OciManifest manifest = Manifest(entry.Digest).Manifest;
            string what =
                manifest.Subject is { } subject ? $"{manifest.ArtifactType ?? "a referrer"} of {Short.Digest(subject.Digest.Value)}"
                : manifest.IsIndex
                    ? string.Join(", ", manifest.Platforms) : entry.Platform ?? Platform(manifest) ?? manifest.ArtifactType ?? "";
            return what.Length == 0 ? name : $"{name} ({what})";
        }
        catch (PizzaException) { return name; }   // damaged: told when it is taken
    }

    private string? Platform(OciManifest image) =>
        image.Config is { Size: <= MaxManifest } config && MediaTypes.IsImageConfig(config.MediaType)
            ? OciPlatform.OfConfig(Find(config).ReadAll()) : null;

    // The annotation holds a tag or, from some tools, a whole reference.
    private static string? TagOf(OciDescriptor descriptor) =>
        descriptor.Name is { } name ? name[(name.LastIndexOfAny([':', '/']) + 1)..] : null;

    private PizzaException Bad(string problem, Exception? inner = null) => ErrorCatalog.InvalidLayout(
        $"'{Name}' is not a complete OCI image layout: {problem}. Make one with 'docker buildx build --output type=oci,dest=image.tar " +
        ".' or 'skopeo copy --all … oci:folder'.", Name, inner);
}
