using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>Which repository it is, as far as the caller may see it: to push, no right to describe repositories is needed.</summary>
internal sealed record RepositoryPlace
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Host and name, without a tag; of a layout, its path.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The 12 digits of the account that owns the registry; null outside of AWS.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The region of the registry; null outside of AWS.</summary>
    public string? Region { get; init; }

    /// <summary>Which tags may be pushed again; null when that is not known.</summary>
    public TagMutability? Mutability { get; init; }

    /// <summary>Whether it is in ECR Public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The registry's host, with its port if it has one.</summary>
    public string Host => RepositoryUri.Split('/', 2)[0];

    internal static RepositoryPlace Of(Repository repository) => new()
    {
        RepositoryName = repository.RepositoryName, RepositoryUri = repository.RepositoryUri, RegistryId = repository.RegistryId,
        Region = repository.Region,
        Mutability = repository.IsPublic ? null : TagMutability.Of(repository), IsPublic = repository.IsPublic,
    };
}

/// <summary>A manifest as a registry holds it, byte for byte.</summary>
/// <param name="Digest">Its digest, checked against the content.</param>
/// <param name="Content">The document.</param>
/// <param name="MediaType">The type that the registry gives it; null when it gives none.</param>
internal sealed record StoredManifest(Digest Digest, byte[] Content, string? MediaType)
{
    private readonly Lazy<OciManifest> _manifest = new(() => OciManifest.Parse(Content, MediaType));

    /// <summary>What it says.</summary>
    /// <exception cref="PizzaException"><c>InvalidManifest</c>.</exception>
    public OciManifest Manifest => _manifest.Value;

    /// <summary>The same document under the type that whoever refers to it gives it.</summary>
    public StoredManifest As(string mediaType) => mediaType == MediaType ? this : new(Digest, Content, mediaType);
}

/// <summary>A blob to be written: its name and length, where its bytes come from (from a place on), and the error for bytes that are not
/// its own.</summary>
internal sealed record BlobSource(OciDescriptor Blob, Func<long, CancellationToken, Task<Stream>> OpenAsync, Func<PizzaException> Damaged);

/// <summary>
/// A place that holds the manifests, blobs and tags of images: a repository of a registry, or an image layout on this machine.
/// What it cannot do (writing to a layout that was opened for reading) is not asked of it.
/// </summary>
internal abstract class ImageRepository
{
    private const int MaxDocument = 4 << 20;   // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests

    /// <summary>Its name without a host, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The region, host or folder that it is in, for messages.</summary>
    public abstract string Whereabouts { get; }

    /// <summary>What is the same for repositories of one registry, between which blobs can be mounted; null when that is not
    /// known.</summary>
    public virtual string? Registry => null;

    /// <summary>How many blobs to move at a time.</summary>
    public virtual int Parallel => 6;

    /// <summary>Asks which repository it is, and whether it is there.</summary>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>, <c>RegistryMismatch</c>.</exception>
    public abstract Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken);

    /// <summary>The manifests behind these tags and digests, as far as they are there, by what was asked for.</summary>
    public abstract Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken);

    /// <summary>Opens a blob, from a place in it.</summary>
    public abstract Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken);

    /// <summary>The digests of the manifests that are about another one: signatures, lists of parts, attestations.</summary>
    public virtual Task<IReadOnlyList<Digest>> ReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Digest>>([]);

    /// <summary>Makes sure that all of an image can be read, before anything of it is sent.</summary>
    public virtual Task CheckAsync(ImageTree tree, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A login to the registry; null for nobody in particular.</summary>
    public virtual Task<RegistryLogin?> LoginAsync(CancellationToken cancellationToken) => Task.FromResult<RegistryLogin?>(null);

    /// <summary>Whether the blob is here.</summary>
    public abstract Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>Writes a blob, or mounts it where another repository of the registry has it and the registry allows that.</summary>
    /// <param name="source">Where it comes from; it is checked against its digest on the way.</param>
    /// <param name="sent">Told of each run of bytes, and of a negative number when a try was in vain.</param>
    /// <param name="mountFrom">The repository of this registry that has it; null when none is known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether it was mounted, and nothing was sent.</returns>
    public abstract Task<bool> PutBlobAsync(BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken);

    /// <summary>Stores a manifest whose blobs and children are here.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="tag">The tag; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public abstract Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken);

    /// <summary>Finishes what was written; a registry has nothing to finish.</summary>
    public virtual Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The error for a tag or digest that is not here.</summary>
    public virtual PizzaException Missing(string reference) => new("ImageNotFound", PizzaErrorKind.NotFound,
        $"'{Name}' at {Whereabouts} has no image '{reference}'. Check the name and the tag.", $"{Name}:{reference}");

    /// <summary>The error for a blob whose bytes are not what its digest says.</summary>
    public virtual PizzaException Damaged(OciDescriptor blob) => ErrorCatalog.DigestMismatch(
        $"The layer that {Whereabouts} sent ({blob.Digest}) of '{Name}' has another digest or length. The copy was stopped; " +
        "try again.", Name);

    /// <summary>All of a small blob, such as an image's configuration of at most 4 MB.</summary>
    public async Task<byte[]> ReadBlobAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        if (blob.Size > MaxDocument) throw TooLarge(blob);
        BlobReader reader = new(Source(blob));
        await using (reader.ConfigureAwait(false))
        {
            byte[] content = new byte[blob.Size];
            int length = await reader.ReadAsync(content, cancellationToken).ConfigureAwait(false);
            return length == content.Length && Digest.Of(content) == blob.Digest ? content : throw Damaged(blob);
        }
    }

    /// <summary>The platform that an image's configuration names; null for one that is no image's.</summary>
    public virtual async Task<string?> PlatformAsync(OciDescriptor? config, CancellationToken cancellationToken) =>
        config is { Size: <= MaxDocument } && MediaTypes.IsImageConfig(config.MediaType)
            ? OciPlatform.OfConfig(await ReadBlobAsync(config, cancellationToken).ConfigureAwait(false)) : null;

    /// <summary>A blob of this repository, to be written elsewhere.</summary>
    public BlobSource Source(OciDescriptor blob) => new(blob, (from, token) => OpenBlobAsync(blob, from, token), () => Damaged(blob));

    private PizzaException TooLarge(OciDescriptor blob) => new("BlobTooLarge", PizzaErrorKind.InvalidData,
        $"The configuration {blob.Digest} of '{Name}' has {blob.Size} bytes, and at most {MaxDocument} are read.", Name);
}
