namespace JwtPizza.Ecr;

/// <summary>An image that was copied to a repository, and read back. Its digest is that of the source.</summary>
public sealed record CopiedImage
{
    /// <summary>The name of the repository that it is in now.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry; null for a registry outside of AWS.</summary>
    public required string? RegistryId { get; init; }

    /// <summary>The region of the registry; null for a registry outside of AWS.</summary>
    public required string? Region { get; init; }

    /// <summary>Host and name of the repository, without tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>What to deploy: the repository's URI with the first tag, or with the digest when there is none.</summary>
    public string ImageUri => ImageTags is [string tag, ..] ? $"{RepositoryUri}:{tag}" : $"{RepositoryUri}@{ImageDigest}";

    /// <summary>The tags that now lead to the image.</summary>
    public required ValueList<string> ImageTags { get; init; }

    /// <summary>The digest of the image's manifest (of its index, for several platforms): <c>sha256:</c> and 64 hexadecimal
    /// digits.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The repository that it came from: its name with account and region, or host and name.</summary>
    public required string Source { get; init; }

    /// <summary>The bytes that had to be sent; 0 where the registry had them.</summary>
    public long SentInBytes { get; init; }

    /// <summary>From the first check to the last.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Created when the image was copied, Changed when the repository had it and it got tags, Unchanged when it had those
    /// too.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>The image's URI.</summary>
    public override string ToString() => ImageUri;
}
