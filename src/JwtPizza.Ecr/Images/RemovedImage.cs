namespace JwtPizza.Ecr;

/// <summary>An image, or a tag of one, that was removed from ECR.</summary>
public sealed record RemovedImage
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry; null when it is the caller's own and nothing named it.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>The image's digest, <c>sha256:…</c>, whole.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The tags that were removed; empty for an image that had none.</summary>
    public ValueList<string> ImageTags { get; init; } = [];

    /// <summary>Removed.</summary>
    public ChangeStatus Status { get; init; } = ChangeStatus.Removed;

    /// <summary>Whether the image itself is gone; false when it stays under other tags, null when that is not known, for want of
    /// ecr:DescribeImages.</summary>
    public required bool? IsImageDeleted { get; init; }

    /// <summary>The compressed size in bytes as ECR gives it, layers that other images share included; of what only lost a tag, 0. Null
    /// when it is not known.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When it had been pushed; null when it is not known.</summary>
    public DateTimeOffset? ImagePushedAt { get; init; }

    /// <summary>Repository and digest.</summary>
    public override string ToString() => $"{RepositoryName}@{ImageDigest}";
}
