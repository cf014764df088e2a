namespace JwtPizza.Ecr;

/// <summary>An image that was pushed to ECR.</summary>
public sealed record PublishedImage
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Host and name of the repository, without tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>What to deploy: the repository's URI with the first tag.</summary>
    public required string ImageUri { get; init; }

    /// <summary>The tags that now lead to the image.</summary>
    public required ValueList<string> ImageTags { get; init; }

    /// <summary>The digest of the image's manifest (of its index, for several platforms): <c>sha256:</c> and 64 hexadecimal
    /// digits.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The platforms of the image, for example <c>linux/arm64</c>.</summary>
    public required ValueList<string> Platform { get; init; }

    /// <summary>The compressed size in bytes: manifest's layers and configuration; of an index, the largest of its images, as ECR counts.
    /// Null when ECR could not be asked.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>From the first check to the last.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>Whether the repository is in ECR Public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Created when the image was pushed, Changed when one of its tags led to it already and it got the others, Unchanged when all
    /// did.</summary>
    public ChangeStatus Status { get; init; }

    /// <summary>Whether digest and platform were read back from ECR; false when the caller lacks the right to.</summary>
    public bool IsVerified { get; init; }

    /// <summary>The image's URI.</summary>
    public override string ToString() => ImageUri;
}
