namespace JwtPizza.Ecr;

/// <summary>What a lifecycle policy looks at in an image.</summary>
public sealed record LifecycleImage
{
    /// <summary>The digest of the image's manifest.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>Its tags; none for an untagged image.</summary>
    public IReadOnlyList<string> ImageTags { get; init; } = [];

    /// <summary>Its compressed size in bytes, as ECR lists it; null where it is not known. No rule looks at it.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When it was pushed.</summary>
    public required DateTimeOffset ImagePushedAt { get; init; }

    /// <summary>When it was last pulled; null when never.</summary>
    public DateTimeOffset? LastPulledAt { get; init; }

    /// <summary>When it was archived; null for an image that is not.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>When it was last restored from the archive; null when never.</summary>
    public DateTimeOffset? LastActivatedAt { get; init; }

    /// <summary>For an index (manifest list): the digests of the images that it refers to.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>For a signature or another referrer: the digest of the image that it belongs to.</summary>
    public string? SubjectDigest { get; init; }

    /// <summary>An image as Get-PizzaImage gives it. The children of an index are images too, so list them with -IncludeChildren.</summary>
    /// <param name="image">The image.</param>
    public static implicit operator LifecycleImage(EcrImage image) => new()
    {
        ImageDigest = image.ImageDigest, ImageTags = image.ImageTags, ImageSizeInBytes = image.ImageSizeInBytes,
        ImagePushedAt = image.ImagePushedAt ?? DateTimeOffset.UnixEpoch,
        LastPulledAt = image.LastRecordedPullTime, ArchivedAt = image.ImageStatus == "ARCHIVED" ? image.ImagePushedAt : null,
        Children = image.Children, SubjectDigest = image.SubjectManifestDigest,
    };

    internal bool IsArchived => ArchivedAt is not null;

    internal DateTimeOffset LastUsedAt => new[] { LastPulledAt, LastActivatedAt }.Max() ?? ImagePushedAt;

    /// <summary>ECR orders by pushed_at, by the time of restoring where an image was restored, by the time of archiving in the
    /// archive.</summary>
    internal DateTimeOffset OrderedBy => ArchivedAt ?? LastActivatedAt ?? ImagePushedAt;
}

/// <summary>An image that a lifecycle policy takes, and the one rule that takes it.</summary>
/// <param name="Image">The image.</param>
/// <param name="Rule">The rule; its action says whether the image is deleted (<c>expire</c>) or archived (<c>transition</c>).</param>
public sealed record LifecycleVerdict(LifecycleImage Image, LifecycleRule Rule);
