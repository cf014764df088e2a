namespace JwtPizza.Ecr;

/// <summary>
/// A manifest of a registry: an image (configuration and layers) or an index (children, one a platform). OCI's and docker's forms are
/// read alike; the old schema 1 is refused, as ECR no longer takes it from a push.
/// </summary>
public sealed record OciManifest
{
    /// <summary>The media type that the document has, says or must have by its shape.</summary>
    public required string MediaType { get; init; }

    /// <summary>Whether this is an index (manifest list).</summary>
    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>An image's configuration; null for an index.</summary>
    public OciDescriptor? Config { get; init; }

    /// <summary>An image's layers, lowest first; empty for an index.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get; init; } = [];

    /// <summary>An index's children; empty for an image.</summary>
    public IReadOnlyList<OciDescriptor> Manifests { get; init; } = [];

    /// <summary>The manifest that this one is about, when it is a signature or another referrer.</summary>
    public OciDescriptor? Subject { get; init; }

    /// <summary>The type of artifact, as the manifest says it or, if it does not, as its configuration's type shows; null for an ordinary
    /// image.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The annotations, by key.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What must be in the registry before an image's manifest: its configuration and layers, each once, without Windows' foreign
    /// layers.</summary>
    public IEnumerable<OciDescriptor> Blobs =>
        (Config is null ? Layers : Layers.Prepend(Config)).Where(b => !MediaTypes.IsForeignLayer(b.MediaType)).DistinctBy(b => b.Digest);

    /// <summary>The platforms of an index's images, without its attestations.</summary>
    public IReadOnlyList<string> Platforms =>
        [.. Manifests.Where(m => !m.IsAttestation && m.Platform is not null).Select(m => m.Platform!).Distinct()];

    /// <summary>The size that ECR gives, compressed, in bytes: configuration and layers of an image, and of an index the largest of its
    /// manifests.</summary>
    /// <param name="sizeOfChild">The size of a child that the registry holds; null when it does not.</param>
    public long SizeInBytes(Func<Digest, long?> sizeOfChild) => IsIndex
        ? Manifests.Max(m => sizeOfChild(m.Digest)) ?? 0
        : (Config?.Size ?? 0) + Layers.Sum(l => l.Size);

    /// <summary>Reads a manifest.</summary>
    /// <param name="utf8">The document, byte for byte as the registry holds it.</param>
    /// <param name="mediaType">The type that the registry or an outer descriptor gives it; null when not known.</param>
    /// <exception cref="PizzaException"><c>InvalidManifest</c>: says what is wrong with it.</exception>
    public static OciManifest Parse(ReadOnlyMemory<byte> utf8, string? mediaType = null) => ManifestReader.Read(utf8, mediaType);
}
