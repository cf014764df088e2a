namespace JwtPizza.Ecr.Services.Images;

/// <summary>What a push has to bring: the blobs, then the manifests, children before the index that names them.</summary>
internal sealed record PushPlan(IReadOnlyList<OciDescriptor> Blobs, IReadOnlyList<PushPlan.Document> Manifests, IReadOnlyList<string> Platform, long SizeInBytes)
{
    private const int MaxDepth = 8;

    /// <summary>A manifest, byte for byte.</summary>
    internal sealed record Document(Digest Digest, byte[] Content, OciManifest Manifest);

    /// <summary>The image or index itself.</summary>
    public Document Root => Manifests[^1];

    /// <summary>Reads all manifests of a layout and makes sure that every blob is there, before anything is sent.</summary>
    public static PushPlan Of(OciLayout layout)
    {
        List<Document> manifests = [];
        Add(layout.Root, 0);
        OciDescriptor[] blobs = [.. manifests.SelectMany(m => m.Manifest.Blobs).DistinctBy(b => b.Digest)];
        foreach (OciDescriptor blob in blobs) layout.Find(blob);
        Dictionary<Digest, long> sizes = [];
        foreach (Document document in manifests) sizes[document.Digest] = document.Manifest.SizeInBytes(d => sizes.GetValueOrDefault(d));
        OciManifest root = manifests[^1].Manifest;
        IReadOnlyList<string> platform = root.IsIndex ? root.Platforms : layout.PlatformOf(root.Config) is { } one ? [one] : [];
        return new(blobs, manifests, platform, sizes[layout.Root.Digest]);

        void Add(OciDescriptor descriptor, int depth)
        {
            if (manifests.Any(m => m.Digest == descriptor.Digest)) return;
            byte[] content = layout.Read(descriptor);
            OciManifest manifest = OciManifest.Parse(content, descriptor.MediaType);
            if (depth == MaxDepth) throw new PizzaException("InvalidLayout", PizzaErrorKind.InvalidData, $"In '{layout.Path}', indexes are nested more than {MaxDepth} deep.", layout.Path);
            foreach (OciDescriptor child in manifest.Manifests) Add(child, depth + 1);
            manifests.Add(new(descriptor.Digest, content, manifest));
        }
    }
}
