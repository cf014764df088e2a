namespace JwtPizza.Ecr;

/// <summary>An image that was saved to a file or folder. Its digest is that of the registry.</summary>
public sealed record SavedImage
{
    /// <summary>The tar or folder, an OCI image layout.</summary>
    public required string Path { get; init; }

    /// <summary>The name of the repository that it came from.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>Host and name of the repository, without tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The tags that the image has in the layout.</summary>
    public required ValueList<string> ImageTags { get; init; }

    /// <summary>The digest of the image's manifest (of its index, for several platforms): <c>sha256:</c> and 64 hexadecimal
    /// digits.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The platforms of the image, for example <c>linux/arm64</c>.</summary>
    public required ValueList<string> Platform { get; init; }

    /// <summary>The compressed size in bytes: manifest's layers and configuration; of an index, the largest of its images, as ECR
    /// counts.</summary>
    public required long ImageSizeInBytes { get; init; }

    /// <summary>The bytes that had to be received; what the folder had already was not.</summary>
    public required long ReceivedInBytes { get; init; }

    /// <summary>Created when the image was saved, Changed when the folder had it and it got tags, Unchanged when it had those
    /// too.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>From the first call to the last byte.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
