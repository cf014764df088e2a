using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>An image, index or other manifest of a repository.</summary>
internal sealed class StoredImage(ImageAdded added)
{
    private static readonly TimeSpan s_restoring = TimeSpan.FromMinutes(20);

    /// <summary>How it came.</summary>
    public ImageAdded Added => added;

    /// <summary>Counts the pushes of a repository; the order of listings.</summary>
    public long Order => added.Order;

    public Digest Digest => added.Digest;

    /// <summary>Byte for byte as it was pushed.</summary>
    public byte[] Content => added.Manifest;

    public OciManifest Manifest { get; } = OciManifest.Parse(added.Manifest, added.MediaType);

    /// <summary>The type of the artifact; where the manifest does not say it, that of its configuration:
    /// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers</summary>
    public string? ArtifactType => Manifest.ArtifactType ?? Manifest.Config?.MediaType;

    /// <summary>Compressed, in bytes, by ECR's rule.</summary>
    public long Size => added.Size;

    /// <summary>When it came first. A new tag does not change it: https://github.com/aws/containers-roadmap/issues/2746</summary>
    public DateTimeOffset PushedAt => added.PushedAt;

    public ImageMarks Marks { get; set; } = new();

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary><c>ACTIVE</c>, <c>ARCHIVED</c> or <c>ACTIVATING</c>.</summary>
    public string StatusAt(DateTimeOffset now) =>
        Marks.ArchivedAt is not null ? "ARCHIVED" : Marks.LastActivatedAt > now ? "ACTIVATING" : "ACTIVE";

    public static ImageMarks Archive(ImageMarks marks, DateTimeOffset now) => marks with { ArchivedAt = now, LastArchivedAt = now };

    /// <summary>AWS takes about 20 minutes: https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive_restore_image.html</summary>
    public static ImageMarks Restore(ImageMarks marks, DateTimeOffset now) =>
        marks with { ArchivedAt = null, LastActivatedAt = now + s_restoring };

    /// <summary>As the rules of lifecycles look at it.</summary>
    public LifecycleImage ForLifecycle() => new()
    {
        ImageDigest = Digest.Value, ImageTags = [.. Tags], ImagePushedAt = PushedAt, LastPulledAt = Marks.PulledAt,
        ArchivedAt = Marks.ArchivedAt, LastActivatedAt = Marks.LastActivatedAt,
        Children = [.. Manifest.Manifests.Select(m => m.Digest.Value)], SubjectDigest = Manifest.Subject?.Digest.Value,
    };
}
