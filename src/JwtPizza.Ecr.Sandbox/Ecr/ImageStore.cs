using System.Globalization;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The images of a repository and their tags. A tag pushed again leaves the image that had it untagged.</summary>
internal sealed class ImageStore(StoredRepository repository)
{
    private const int TagLimit = 1000;
    private readonly Dictionary<Digest, StoredImage> _byDigest = [];
    private readonly SortedList<long, StoredImage> _byOrder = [];
    private readonly Dictionary<string, (StoredImage Image, DateTimeOffset At)> _byTag = new(StringComparer.Ordinal);

    /// <summary>How many manifests have come so far.</summary>
    public long Pushes { get; set; }

    public int Count => _byDigest.Count;

    public IEnumerable<StoredImage> All => _byOrder.Values;

    public StoredImage? Find(Digest digest) => _byDigest.GetValueOrDefault(digest);

    public StoredImage? Find(string tag) => _byTag.GetValueOrDefault(tag).Image;

    /// <summary>When a tag came to its image.</summary>
    public DateTimeOffset TaggedAt(string tag) => _byTag[tag].At;

    /// <summary>The indexes that have this image as a child.</summary>
    public IEnumerable<StoredImage> ParentsOf(Digest child) =>
        _byDigest.Values.Where(i => i.Manifest.Manifests.Any(m => m.Digest == child));

    /// <summary>The signatures and other artifacts that are about this manifest, whether or not it is here.</summary>
    public IEnumerable<StoredImage> ReferrersOf(Digest subject) => All.Where(i => i.Manifest.Subject?.Digest == subject);

    /// <summary>Takes in what a client pushes: scans it, and lays out what replication carries on.</summary>
    public (StoredImage Image, bool IsNew) Receive(byte[] content, string? mediaType, string? tag, Digest digest)
    {
        (StoredImage image, bool isNew) = Push(content, mediaType, tag, digest);
        if (!isNew) return (image, false);
        EcrRegistry registry = repository.Registry;
        EcrEvents.Pushed(repository, image, tag);
        if (!image.Manifest.IsIndex && image.Marks.ScannedAt is null && registry.Scanning.ScansOnPush(repository))
            Scan(image, image.PushedAt);
        ImageSigner.Sign(repository, image);
        ReplicationDestination[] destinations =
            [.. registry.Replication.Where(r => r.Covers(repository.Name)).SelectMany(r => r.Destinations).Distinct()];
        if (destinations.Length > 0) registry.Outbox.Enqueue(new(repository, image, tag, destinations));
        return (image, true);
    }

    /// <summary>Takes a manifest in. Says whether that changed anything: the same manifest under the same tag does not.</summary>
    public (StoredImage Image, bool IsNew) Push(byte[] content, string? mediaType, string? tag, Digest digest)
    {
        StoredImage? known = Find(digest);
        if (tag is not null) CheckTag(tag, digest, known);
        if (known is null) Add(content, mediaType, digest);
        bool moves = tag is not null && Find(tag) != known;
        if (tag is not null && (moves || known is null))
            repository.Do(new TagMoved(tag, digest, repository.Registry.World.Clock.GetUtcNow()));
        return (Find(digest)!, known is null || moves);
    }

    /// <summary>Takes a tag away; the last one takes the image along, as ECR does on request (never on a push).</summary>
    public void RemoveTag(StoredImage image, string tag) =>
        repository.Do(image.Tags.Count == 1 ? new ImageRemoved(image.Digest) : new TagRemoved(tag));

    public void Remove(StoredImage image) => repository.Do(new ImageRemoved(image.Digest));

    public void Mark(StoredImage image, Func<ImageMarks, ImageMarks> change) =>
        repository.Do(new ImageMarked(image.Digest, change(image.Marks)));

    public void Scan(StoredImage image, DateTimeOffset at)
    {
        Mark(image, m => m with { ScannedAt = at });
        if (ScanOperations.IsScannable(image)) EcrEvents.Scanned(repository, image);
    }

    /// <summary>A step of the repository's history that is about images.</summary>
    public void Apply(Change change)
    {
        switch (change)
        {
            case ImageAdded added: Add(added); break;
            case ImageRemoved removed: Remove(removed.Digest); break;
            case ImageMarked marked: Known(marked.Digest).Marks = marked.Marks; break;
            case TagMoved moved: Move(moved.Tag, Known(moved.Digest), moved.At); break;
            case TagRemoved removed: Untag(removed.Tag); break;
            default: throw new ArgumentOutOfRangeException(nameof(change), change, null);
        }
    }

    /// <summary>The shortest history that leads here.</summary>
    public IEnumerable<Change> History() =>
        All.SelectMany(i =>
            (Change[])[i.Added, new ImageMarked(i.Digest, i.Marks), .. i.Tags.Select(t => new TagMoved(t, i.Digest, TaggedAt(t)))]);

    public void Clear()
    {
        _byDigest.Clear();
        _byOrder.Clear();
        _byTag.Clear();
    }

    private void Add(ImageAdded added)
    {
        if (Digest.Of(added.Manifest) != added.Digest)
            throw StateFolder.Damaged($"the manifest of the image {added.Digest} in the repository '{repository.Name}' is another");
        StoredImage image = new(added);
        if (!_byDigest.TryAdd(added.Digest, image) || !_byOrder.TryAdd(added.Order, image))
            throw StateFolder.Damaged($"the image {added.Digest} is in the repository '{repository.Name}' twice");
        foreach (OciDescriptor blob in image.Manifest.Blobs)
            if (!repository.Layers.Use(blob))
                throw StateFolder.Damaged(
                    $"the layer {blob.Digest} of the image {added.Digest} is not in the repository '{repository.Name}'");
        Pushes = Math.Max(Pushes, added.Order);
    }

    private void Remove(Digest digest)
    {
        StoredImage image = Known(digest);
        _byDigest.Remove(digest);
        _byOrder.Remove(image.Order);
        foreach (string tag in image.Tags) _byTag.Remove(tag);
        foreach (OciDescriptor blob in image.Manifest.Blobs) repository.Layers.Unuse(blob.Digest);
    }

    private void Move(string tag, StoredImage image, DateTimeOffset at)
    {
        Find(tag)?.Tags.Remove(tag);
        image.Tags.Add(tag);
        _byTag[tag] = (image, at);
    }

    private void Untag(string tag)
    {
        if (!_byTag.Remove(tag, out (StoredImage Image, DateTimeOffset) tagged))
            throw StateFolder.Damaged($"the tag '{tag}' is taken away in the repository '{repository.Name}', where it is not");
        tagged.Image.Tags.Remove(tag);
    }

    private StoredImage Known(Digest digest) =>
        Find(digest) ?? throw StateFolder.Damaged($"the image {digest} is not in the repository '{repository.Name}'");

    private void CheckTag(string tag, Digest digest, StoredImage? known)
    {
        if (!ImageTag.IsLegal(tag))
            throw JsonArguments.Invalid("imageTag", "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}'");
        if (Find(tag) is { } holder && holder.Digest != digest && repository.Mutability.IsImmutable(tag))
            throw new ApiError("ImageTagAlreadyExistsException",
                $"The image tag '{tag}' already exists in the '{repository.Name}' repository and cannot be overwritten because the tag " +
                "is immutable.");
        if (known is not null && known.Tags.Count >= TagLimit && !known.Tags.Contains(tag))
            throw new ApiError("LimitExceededException",
                string.Create(CultureInfo.InvariantCulture,
                    $"The image with digest '{digest}' has {TagLimit} tags, and no more are allowed."));
    }

    private void Add(byte[] content, string? mediaType, Digest digest)
    {
        OciManifest manifest = Read(content, mediaType);
        Digest[] layers = [.. manifest.Blobs.Select(b => b.Digest).Where(d => repository.Layers.SizeOf(d) is null)];
        if (layers.Length > 0) throw new ApiError("LayersNotFoundException", Missing("Layers", layers));
        Digest[] children = [.. manifest.Manifests.Select(m => m.Digest).Where(d => Find(d) is null)];
        if (children.Length > 0) throw new ApiError("ReferencedImagesNotFoundException", Missing("Images", children));
        DateTimeOffset now = repository.Registry.World.Clock.GetUtcNow();
        repository.Do(new ImageAdded(Pushes + 1, digest, manifest.MediaType, content, manifest.SizeInBytes(d => Find(d)?.Size), now));
    }

    private static OciManifest Read(byte[] content, string? mediaType)
    {
        try { return OciManifest.Parse(content, mediaType); }
        catch (PizzaException e)
        {
            throw new ApiError("InvalidParameterException",
                $"Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax or manifest: {e.Message}'");
        }
    }

    private string Missing(string what, Digest[] digests) =>
        $"{what} with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{repository.Name}' " +
        $"in the registry with id '{repository.Registry.RegistryId}' do not exist";
}
