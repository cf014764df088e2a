using System.Globalization;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The images of a repository and their tags. A tag pushed again leaves the image that had it untagged.</summary>
internal sealed class ImageShelf(StoredRepository repository)
{
    private const int TagLimit = 1000;
    private readonly Dictionary<Digest, StoredImage> _byDigest = [];
    private readonly SortedList<long, StoredImage> _byOrder = [];
    private readonly Dictionary<string, StoredImage> _byTag = new(StringComparer.Ordinal);
    /// <summary>How many manifests have come so far.</summary>
    public long Pushes { get; private set; }

    public int Count => _byDigest.Count;

    public IEnumerable<StoredImage> All => _byOrder.Values;

    public StoredImage? Find(Digest digest) => _byDigest.GetValueOrDefault(digest);

    public StoredImage? Find(string tag) => _byTag.GetValueOrDefault(tag);

    /// <summary>The indexes that have this image as a child.</summary>
    public IEnumerable<StoredImage> ParentsOf(Digest child) => _byDigest.Values.Where(i => i.Manifest.Manifests.Any(m => m.Digest == child));

    /// <summary>The signatures and other artifacts that are about this manifest, whether or not it is here.</summary>
    public IEnumerable<StoredImage> ReferrersOf(Digest subject) => All.Where(i => i.Manifest.Subject?.Digest == subject);

    /// <summary>Takes in what a client pushes: scans it, and lays out what replication carries on.</summary>
    public (StoredImage Image, bool IsNew) Receive(byte[] content, string? mediaType, string? tag, Digest digest)
    {
        (StoredImage image, bool isNew) = Push(content, mediaType, tag, digest);
        if (!isNew) return (image, false);
        EcrRegistry registry = repository.Registry;
        if (!image.Manifest.IsIndex && registry.Scanning.ScansOnPush(repository)) image.ScannedAt ??= image.PushedAt;
        ReplicationDestination[] destinations = [.. registry.Replication.Where(r => r.Covers(repository.Name)).SelectMany(r => r.Destinations).Distinct()];
        if (destinations.Length > 0) registry.Outbox.Enqueue(new(repository, image, tag, destinations));
        return (image, true);
    }

    /// <summary>Takes a manifest in. Says whether that changed anything: the same manifest under the same tag does not.</summary>
    public (StoredImage Image, bool IsNew) Push(byte[] content, string? mediaType, string? tag, Digest digest)
    {
        if (tag is not null) CheckTag(tag, digest);
        StoredImage? image = Find(digest);
        bool isNew = image is null || (tag is not null && !image.Tags.Contains(tag));
        image ??= Add(content, mediaType, digest);
        if (tag is not null) Tag(image, tag);
        return (image, isNew);
    }

    /// <summary>Takes up what an earlier sandbox held.</summary>
    public void Restore(IEnumerable<StoredImage> images, long pushes)
    {
        Pushes = pushes;
        foreach (StoredImage image in images)
        {
            _byDigest.Add(image.Digest, image);
            _byOrder.Add(image.Order, image);
            foreach (string tag in image.Tags) _byTag.Add(tag, image);
        }
    }

    /// <summary>Takes a tag away; the last one takes the image along, as ECR does on request (never on a push).</summary>
    public void RemoveTag(StoredImage image, string tag)
    {
        if (image.Tags.Count == 1) Remove(image);
        else
        {
            image.Tags.Remove(tag);
            _byTag.Remove(tag);
        }
    }

    public void Remove(StoredImage image)
    {
        _byDigest.Remove(image.Digest);
        _byOrder.Remove(image.Order);
        foreach (string tag in image.Tags) _byTag.Remove(tag);
    }

    private void CheckTag(string tag, Digest digest)
    {
        if (!ImageTag.IsLegal(tag))
            throw JsonArguments.Invalid("imageTag", "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}'");
        if (Find(tag) is { } holder && holder.Digest != digest && repository.Mutability.IsImmutable(tag))
            throw new ApiError("ImageTagAlreadyExistsException",
                $"The image tag '{tag}' already exists in the '{repository.Name}' repository and cannot be overwritten because the tag is immutable.");
    }

    private StoredImage Add(byte[] content, string? mediaType, Digest digest)
    {
        OciManifest manifest = Read(content, mediaType);
        Digest[] layers = [.. manifest.Blobs.Select(b => b.Digest).Where(d => repository.Layers.SizeOf(d) is null)];
        if (layers.Length > 0) throw new ApiError("LayersNotFoundException", Missing("Layers", layers));
        Digest[] children = [.. manifest.Manifests.Select(m => m.Digest).Where(d => Find(d) is null)];
        if (children.Length > 0) throw new ApiError("ReferencedImagesNotFoundException", Missing("Images", children));
        StoredImage image = new(++Pushes, digest, content, manifest, manifest.SizeInBytes(d => Find(d)?.Size), repository.Registry.World.Clock.GetUtcNow());
        _byOrder.Add(image.Order, image);
        return _byDigest[digest] = image;
    }

    private void Tag(StoredImage image, string tag)
    {
        if (image.Tags.Count >= TagLimit && !image.Tags.Contains(tag))
            throw new ApiError("LimitExceededException", string.Create(CultureInfo.InvariantCulture, $"The image with digest '{image.Digest}' has {TagLimit} tags, and no more are allowed."));
        Find(tag)?.Tags.Remove(tag);
        image.Tags.Add(tag);
        _byTag[tag] = image;
    }

    private static OciManifest Read(byte[] content, string? mediaType)
    {
        try { return OciManifest.Parse(content, mediaType); }
        catch (PizzaException e) { throw new ApiError("InvalidParameterException", $"Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax or manifest: {e.Message}'"); }
    }

    private string Missing(string what, Digest[] digests) =>
        $"{what} with digests '[{string.Join(", ", digests)}]' required for pushing image into repository with name '{repository.Name}' in the registry with id '{repository.Registry.RegistryId}' do not exist";
}
