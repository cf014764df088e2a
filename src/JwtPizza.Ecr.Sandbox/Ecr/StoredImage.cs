namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>An image, index or other manifest of a repository.</summary>
internal sealed class StoredImage(long order, Digest digest, byte[] content, OciManifest manifest, long size, DateTimeOffset pushedAt)
{
    /// <summary>Counts the pushes of a repository; the order of listings.</summary>
    public long Order => order;

    public Digest Digest => digest;

    /// <summary>Byte for byte as it was pushed.</summary>
    public byte[] Content => content;

    public OciManifest Manifest => manifest;

    /// <summary>Compressed, in bytes, by ECR's rule.</summary>
    public long Size => size;

    /// <summary>When it came first. A new tag does not change it: https://github.com/aws/containers-roadmap/issues/2746</summary>
    public DateTimeOffset PushedAt => pushedAt;

    public DateTimeOffset? PulledAt { get; set; }

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);
}
