namespace JwtPizza.Ecr;

/// <summary>Something that a registry stores once, however many images share it: a layer, a configuration, a manifest.</summary>
/// <param name="Digest"><c>sha256:…</c>.</param>
/// <param name="SizeInBytes">As it lies in the registry, compressed.</param>
public readonly record struct StoredBlob(string Digest, long SizeInBytes);

/// <summary>An image and what it is made of.</summary>
/// <param name="Image">The image, with its <see cref="EcrImage.Children"/> if it is an index.</param>
/// <param name="Blobs">Its manifest, configuration and layers; of an index only the index itself, since its children are images
/// too.</param>
public sealed record ImageContent(EcrImage Image, IReadOnlyList<StoredBlob> Blobs);

/// <summary>All images of a repository, and how they hang together: by children of indexes, subjects of referrers, and layers that they
/// share.</summary>
/// <param name="images">Every image of the repository, children of indexes too.</param>
public sealed class RepositoryContent(IReadOnlyList<ImageContent> images)
{
    private readonly Dictionary<string, EcrImage> _byDigest =
        images.Select(i => i.Image).DistinctBy(i => i.ImageDigest).ToDictionary(i => i.ImageDigest);

    /// <summary>All images.</summary>
    public IReadOnlyList<ImageContent> Images => images;

    /// <summary>What ECR stores for them, each blob once.</summary>
    public IEnumerable<StoredBlob> Blobs => images.SelectMany(i => i.Blobs).DistinctBy(b => b.Digest);

    /// <summary>
    /// The untagged images that nothing needs. Needed is what must stay, what a needed index has as a child, the subject of a needed
    /// referrer, and a referrer (a signature) whose subject is needed.
    /// </summary>
    /// <param name="mustStay">Which untagged images must stay for other reasons: they are used, or young.</param>
    public IReadOnlyList<EcrImage> Unneeded(Func<EcrImage, bool> mustStay)
    {
        ILookup<string?, EcrImage> referrers =
            _byDigest.Values.Where(i => i.SubjectManifestDigest is not null).ToLookup(i => i.SubjectManifestDigest);
        HashSet<string> needed = [];
        Stack<EcrImage> open = new(_byDigest.Values.Where(i => !i.IsUntagged || mustStay(i)));
        while (open.TryPop(out EcrImage? image))
        {
            if (!needed.Add(image.ImageDigest)) continue;
            foreach (string digest in image.SubjectManifestDigest is { } subject ? image.Children.Append(subject) : image.Children)
                if (_byDigest.TryGetValue(digest, out EcrImage? other)) open.Push(other);
            foreach (EcrImage referrer in referrers[image.ImageDigest]) open.Push(referrer);
        }
        return [.. _byDigest.Values.Where(i => !needed.Contains(i.ImageDigest))];
    }

    /// <summary>The bytes that are free when these images are gone: what no other image shares.</summary>
    /// <param name="going">The images to go.</param>
    public long FreedBy(IEnumerable<EcrImage> going)
    {
        HashSet<string> gone = [.. going.Select(i => i.ImageDigest)];
        HashSet<string> stays = [.. images.Where(i => !gone.Contains(i.Image.ImageDigest)).SelectMany(i => i.Blobs).Select(b => b.Digest)];
        return images.Where(i => gone.Contains(i.Image.ImageDigest)).SelectMany(i => i.Blobs).DistinctBy(b => b.Digest)
            .Where(b => !stays.Contains(b.Digest)).Sum(b => b.SizeInBytes);
    }
}
