using System.Text;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>An image of ECR with all that its manifest leads to: the children of an index, theirs, and the blobs of them all.</summary>
/// <param name="Nodes">The manifests, each after those that it needs; the image itself is the last.</param>
internal sealed record ManifestTree(IReadOnlyList<ManifestTree.Node> Nodes)
{
    private const int Batch = 100;

    /// <summary>A manifest, byte for byte, and what it says.</summary>
    internal sealed record Node(string Digest, string Text, OciManifest Manifest);

    public Node Root => Nodes[^1];

    /// <summary>The account of the registry that it was read from, where ECR said so.</summary>
    public string? RegistryId { get; init; }

    /// <summary>Every blob, once.</summary>
    public IReadOnlyList<OciDescriptor> Blobs => [.. Nodes.SelectMany(n => n.Manifest.Blobs).DistinctBy(b => b.Digest)];

    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>DigestMismatch</c>, <c>InvalidManifest</c>, and ECR's own.</exception>
    public static async Task<ManifestTree> ReadAsync(EcrClient ecr, string repositoryName, ImageId image, CancellationToken cancellationToken)
    {
        ImageManifest root = (await GetAsync(ecr, repositoryName, [image], cancellationToken).ConfigureAwait(false))[0];
        Dictionary<string, Node> read = new() { [root.ImageId.ImageDigest!] = Read(root, repositoryName) };
        for (string[] open = Missing(read); open.Length > 0; open = Missing(read))
            foreach (string[] some in open.Chunk(Batch))
                foreach (ImageManifest child in await GetAsync(ecr, repositoryName, [.. some.Select(d => new ImageId { ImageDigest = d })], cancellationToken).ConfigureAwait(false))
                    read[child.ImageId.ImageDigest!] = Read(child, repositoryName);
        List<Node> ordered = [];
        Add(root.ImageId.ImageDigest!);
        return new(ordered) { RegistryId = root.RegistryId };

        void Add(string digest)
        {
            if (ordered.Exists(n => n.Digest == digest)) return;
            foreach (OciDescriptor child in read[digest].Manifest.Manifests) Add(child.Digest.Value);
            ordered.Add(read[digest]);
        }
    }

    private static string[] Missing(Dictionary<string, Node> read) =>
        [.. read.Values.SelectMany(n => n.Manifest.Manifests).Select(m => m.Digest.Value).Distinct().Where(d => !read.ContainsKey(d))];

    private static async Task<IReadOnlyList<ImageManifest>> GetAsync(EcrClient ecr, string repositoryName, IReadOnlyList<ImageId> ids, CancellationToken cancellationToken)
    {
        ImageBatch batch = await ecr.BatchGetImageAsync(repositoryName, ids, MediaTypes.Manifests, cancellationToken).ConfigureAwait(false);
        if (batch.Failures is [{ } failure, ..]) throw ImageFailures.Of(failure, repositoryName);
        return batch.Images.Count >= ids.Count ? batch.Images : throw ImageFailures.Missing(ids.First(id => batch.Images.All(i => i.ImageId.ImageDigest != id.ImageDigest)), repositoryName);
    }

    // A digest is the hash of the manifest, so a child cannot lead back to its index: the tree ends.
    private static Node Read(ImageManifest image, string repositoryName)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(image.Manifest);
        string digest = Digest.Of(utf8).Value;
        return digest == image.ImageId.ImageDigest
            ? new(digest, image.Manifest, OciManifest.Parse(utf8, image.ImageManifestMediaType))
            : throw new PizzaException("DigestMismatch", PizzaErrorKind.InvalidData,
                $"The manifest that ECR gave for {image.ImageId.ImageDigest} of '{repositoryName}' has the digest {digest}. Nothing was copied; is the endpoint really AWS?", repositoryName);
    }
}
