namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Names an image by tag, by digest or by both.</summary>
internal sealed record ImageId
{
    /// <summary><c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The tag.</summary>
    public string? ImageTag { get; init; }

    /// <summary>The image of a digest, or else of a tag, which is <c>latest</c> when none is named.</summary>
    /// <exception cref="PizzaException"><c>InvalidDigest</c>, <c>InvalidImageTag</c>.</exception>
    internal static ImageId Of(string? tag, string? digest) => string.IsNullOrEmpty(digest)
        ? new() { ImageTag = string.IsNullOrEmpty(tag) ? Defaults.ImageTag : Ecr.ImageTag.Parse(tag).Value }
        : new() { ImageDigest = Digest.Parse(digest).Value };
}

/// <summary>An image as DescribeImages tells of it.</summary>
internal sealed record ImageDetail
{
    /// <summary>The account of the registry.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The digest of its manifest or index.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>Its tags; null when it has none.</summary>
    public IReadOnlyList<string>? ImageTags { get; init; }

    /// <summary>Compressed bytes; of an index, the largest of its manifests.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When it was pushed.</summary>
    public DateTimeOffset? ImagePushedAt { get; init; }

    /// <summary>The media type of the manifest or index.</summary>
    public string? ImageManifestMediaType { get; init; }

    /// <summary>The media type of the configuration, or the artifact type.</summary>
    public string? ArtifactMediaType { get; init; }

    /// <summary>When it was last pulled; ECR records this with a delay of up to a day.</summary>
    public DateTimeOffset? LastRecordedPullTime { get; init; }

    /// <summary>The image that this one refers to: a signature or another referrer.</summary>
    public string? SubjectManifestDigest { get; init; }

    /// <summary>ACTIVE, ARCHIVED or ACTIVATING.</summary>
    public string? ImageStatus { get; init; }

    /// <summary>When it was last archived.</summary>
    public DateTimeOffset? LastArchivedAt { get; init; }

    /// <summary>When it was last restored from the archive.</summary>
    public DateTimeOffset? LastActivatedAt { get; init; }
}

/// <summary>An image with its manifest.</summary>
internal sealed record ImageManifest
{
    /// <summary>The account of the registry.</summary>
    public string? RegistryId { get; init; }

    /// <summary>Its digest, and the tag it was asked by.</summary>
    public required ImageId ImageId { get; init; }

    /// <summary>The manifest or index, byte for byte.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("imageManifest")]
    public required string Manifest { get; init; }

    /// <summary>Its media type.</summary>
    public string? ImageManifestMediaType { get; init; }
}

/// <summary>Why one of several images was not delivered.</summary>
internal sealed record ImageFailure
{
    /// <summary>The image asked for.</summary>
    public ImageId? ImageId { get; init; }

    /// <summary>For example ImageNotFound.</summary>
    public string? FailureCode { get; init; }

    /// <summary>ECR's words.</summary>
    public string? FailureReason { get; init; }
}

/// <summary>The answer of BatchGetImage.</summary>
internal sealed record ImageBatch
{
    /// <summary>What was found.</summary>
    public IReadOnlyList<ImageManifest> Images { get; init; } = [];

    /// <summary>What was not.</summary>
    public IReadOnlyList<ImageFailure> Failures { get; init; } = [];
}

/// <summary>A lifecycle policy as ECR holds it.</summary>
internal sealed record LifecyclePolicyText
{
    /// <summary>The policy's JSON.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("lifecyclePolicyText")]
    public required string Text { get; init; }

    /// <summary>The account of the registry.</summary>
    public string? RegistryId { get; init; }

    /// <summary>When ECR last looked for images to expire; 1970 or nothing when it never has.</summary>
    public DateTimeOffset? LastEvaluatedAt { get; init; }
}

/// <summary>User name and password for the registry.</summary>
/// <param name="User">Always <c>AWS</c>.</param>
/// <param name="Password">Never shown.</param>
/// <param name="ExpiresAt">12 hours after it was made.</param>
/// <param name="ProxyEndpoint">The registry's URL, with scheme.</param>
internal sealed record RegistryLogin(string User, string Password, DateTimeOffset ExpiresAt, string ProxyEndpoint)
{
    /// <summary>Host and port of the registry, as docker keys its logins.</summary>
    public string Host => new Uri(ProxyEndpoint).Authority;

    /// <summary>Reads a token: <c>user:password</c> in base64. Null when it is none.</summary>
    internal static RegistryLogin? Decode(string token, DateTimeOffset expiresAt, string proxyEndpoint)
    {
        Span<byte> bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int length)
            && System.Text.Encoding.UTF8.GetString(bytes[..length]).Split(':', 2) is [var user, var password]
            ? new(user, password, expiresAt, proxyEndpoint) : null;
    }

    /// <summary>Everything but the password.</summary>
    public override string ToString() => $"{User} at {ProxyEndpoint} until {ExpiresAt:u}";
}
