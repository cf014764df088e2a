namespace JwtPizza.Ecr.Services.Registry;

/// <summary>An image with all that its manifest leads to: the children of an index, theirs, and the blobs of them all.</summary>
/// <param name="Manifests">Each after those that it needs; the image itself is the last.</param>
internal sealed record ImageTree(IReadOnlyList<StoredManifest> Manifests)
{
    private const int MaxDepth = 8;

    /// <summary>The image or index itself.</summary>
    public StoredManifest Root => Manifests[^1];

    /// <summary>Every blob, once.</summary>
    public IReadOnlyList<OciDescriptor> Blobs { get; } = [.. Manifests.SelectMany(m => m.Manifest.Blobs).DistinctBy(b => b.Digest)];

    /// <summary>The size by ECR's rule: of an index, that of its largest image.</summary>
    public long SizeInBytes
    {
        get
        {
            Dictionary<Digest, long> sizes = [];
            foreach (StoredManifest manifest in Manifests)
                sizes[manifest.Digest] = manifest.Manifest.SizeInBytes(d => sizes.GetValueOrDefault(d));
            return sizes[Root.Digest];
        }
    }

    /// <summary>Reads an image, level by level.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="reference">Its tag or digest.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>InvalidManifest</c>, <c>InvalidLayout</c>.</exception>
    public static async Task<ImageTree> ReadAsync(ImageRepository from, string reference, CancellationToken cancellationToken)
    {
        StoredManifest root = (await from.FindAsync([reference], cancellationToken).ConfigureAwait(false)).GetValueOrDefault(reference)
            ?? throw from.Missing(reference);
        Dictionary<Digest, StoredManifest> read = new() { [root.Digest] = root };
        OciDescriptor[] open = Unread(root);
        for (int depth = 1; open.Length > 0; depth++)
        {
            if (depth == MaxDepth)
                throw ErrorCatalog.InvalidLayout(
                    $"In '{from.Name}', indexes are nested more than {MaxDepth} deep.", from.Name);
            IReadOnlyDictionary<string, StoredManifest> found =
                await from.FindAsync([.. open.Select(d => d.Digest.Value)], cancellationToken).ConfigureAwait(false);
            foreach (OciDescriptor child in open)
                read[child.Digest] =
                    (found.GetValueOrDefault(child.Digest.Value) ?? throw from.Missing(child.Digest.Value)).As(child.MediaType);
            open = [.. open.SelectMany(d => Unread(read[d.Digest])).DistinctBy(d => d.Digest)];
        }
        return new(Ordered(root, read));

        // A digest is the hash of the manifest, so a child cannot lead back to its index: the tree ends.
        OciDescriptor[] Unread(StoredManifest manifest) =>
            [.. manifest.Manifest.Manifests.Where(m => !read.ContainsKey(m.Digest)).DistinctBy(m => m.Digest)];
    }

    /// <summary>The image of one platform.</summary>
    /// <exception cref="PizzaException"><c>PlatformNotFound</c>.</exception>
    public ImageTree For(Platform platform, string name)
    {
        OciDescriptor[] fits = [.. Manifests.SelectMany(m => m.Manifest.Manifests)
            .Where(m => !m.IsAttestation && m.Platform == platform.ToString()).DistinctBy(m => m.Digest)];
        if (!Root.Manifest.IsIndex || fits.Length == 0)
        {
            string has = Root.Manifest.IsIndex
                ? $"It has: {string.Join(", ", Root.Manifest.Platforms)}." : "It is an image of one platform; leave -Platform out.";
            throw new PizzaException("PlatformNotFound", PizzaErrorKind.NotFound, $"'{name}' has no image for {platform}. {has}", name);
        }
        return new([.. Manifests.Where(m => m.Digest == fits[0].Digest)]);
    }

    private static List<StoredManifest> Ordered(StoredManifest root, Dictionary<Digest, StoredManifest> read)
    {
        List<StoredManifest> ordered = [];
        HashSet<Digest> seen = [];
        Add(root);
        return ordered;

        void Add(StoredManifest manifest)
        {
            if (!seen.Add(manifest.Digest)) return;
            foreach (OciDescriptor child in manifest.Manifest.Manifests) Add(read[child.Digest]);
            ordered.Add(manifest);
        }
    }
}
