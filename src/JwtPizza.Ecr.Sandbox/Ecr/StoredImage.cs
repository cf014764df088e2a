namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>An image, index or other manifest of a repository.</summary>
internal sealed class StoredImage(long order, Digest digest, byte[] content, OciManifest manifest, long size, DateTimeOffset pushedAt)
{
    private static readonly TimeSpan s_restoring = TimeSpan.FromMinutes(20);

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

    public DateTimeOffset? ScannedAt { get; set; }

    public Dictionary<ReplicationDestination, ReplicationStatus> Replications { get; } = [];

    public ArchiveTimes ArchiveTimes { get; set; } = new(null, null, null);

    /// <summary>When it was archived; null while it is not.</summary>
    public DateTimeOffset? ArchivedAt => ArchiveTimes.Archived;

    public DateTimeOffset? LastArchivedAt => ArchiveTimes.LastArchived;

    /// <summary>When it was last restored from the archive; pulls work from then on.</summary>
    public DateTimeOffset? LastActivatedAt => ArchiveTimes.LastActivated;

    public SortedSet<string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary><c>ACTIVE</c>, <c>ARCHIVED</c> or <c>ACTIVATING</c>.</summary>
    public string StatusAt(DateTimeOffset now) => ArchivedAt is not null ? "ARCHIVED" : LastActivatedAt > now ? "ACTIVATING" : "ACTIVE";

    public void Archive(DateTimeOffset now) => ArchiveTimes = ArchiveTimes with { Archived = now, LastArchived = now };

    /// <summary>AWS takes about 20 minutes: https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive_restore_image.html</summary>
    public void Restore(DateTimeOffset now) => ArchiveTimes = ArchiveTimes with { Archived = null, LastActivated = now + s_restoring };

    /// <summary>As the rules of lifecycles look at it.</summary>
    public LifecycleImage ForLifecycle() => new()
    {
        ImageDigest = digest.Value, ImageTags = [.. Tags], ImagePushedAt = pushedAt, LastPulledAt = PulledAt, ArchivedAt = ArchivedAt, LastActivatedAt = LastActivatedAt,
        Children = [.. manifest.Manifests.Select(m => m.Digest.Value)], SubjectDigest = manifest.Subject?.Digest.Value,
    };
}

/// <summary>An image's way into the archive and back.</summary>
internal sealed record ArchiveTimes(DateTimeOffset? Archived, DateTimeOffset? LastArchived, DateTimeOffset? LastActivated);
