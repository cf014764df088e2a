using System.Collections;

namespace JwtPizza.Ecr;

/// <summary>An image of an ECR repository. An index (one tag for several platforms) and its children are one, unless the children are asked
/// for.</summary>
public sealed record EcrImage
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>Whether the repository is in ECR Public.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Host and name of the repository, without a tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>The image's digest, <c>sha256:…</c>, whole.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>The image as AWS.Tools takes it (<c>-ImageId</c> of Get-ECRImageMetadata and its like), so that it asks for just this
    /// one.</summary>
    public Hashtable ImageId => new() { [nameof(ImageDigest)] = ImageDigest };

    /// <summary>The tags; empty for an untagged image.</summary>
    public ValueList<string> ImageTags { get; init; } = [];

    /// <summary>What <c>docker pull</c> takes to get exactly this image: the repository and the first tag, or the digest when there is no
    /// tag.</summary>
    public string ImageUri => ImageTags is [string tag, ..] ? $"{RepositoryUri}:{tag}" : $"{RepositoryUri}@{ImageDigest}";

    /// <summary>The compressed size in bytes, by ECR's rule: of an index, that of its largest image. Null for what has no size (a
    /// signature).</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When it was pushed.</summary>
    public DateTimeOffset? ImagePushedAt { get; init; }

    /// <summary>Whether it has no tag: a lifecycle rule for untagged images takes it, unless an index needs it.</summary>
    public bool IsUntagged => ImageTags.Length == 0;

    /// <summary>The platforms, for example <c>linux/arm64</c>; several for an index. Empty where it was not asked for or may not be read,
    /// and for artifacts that are no images.</summary>
    public ValueList<string> Platform { get; init; } = [];

    /// <summary>The media type of the manifest: an index or an image, OCI's or docker's.</summary>
    public string? ImageManifestMediaType { get; init; }

    /// <summary>The type of artifact (image configuration, Helm chart, signature) as ECR gives it.</summary>
    public string? ArtifactMediaType { get; init; }

    /// <summary>When it was last pulled, as ECR recorded it; a day or so behind.</summary>
    public DateTimeOffset? LastRecordedPullTime { get; init; }

    /// <summary><c>ACTIVE</c>, <c>ARCHIVED</c> or <c>ACTIVATING</c>; null where the registry does not say.</summary>
    public string? ImageStatus { get; init; }

    /// <summary>The manifest that this one is about, when it is a signature or another referrer.</summary>
    public string? SubjectManifestDigest { get; init; }

    /// <summary>Digests of an index's children, attestations too; empty for anything else.</summary>
    public ValueList<string> Children { get; init; } = [];

    /// <summary>The index that this row is shown under; only with the children asked for.</summary>
    public string? ParentDigest { get; init; }

    /// <summary>The reference that pulls it.</summary>
    public override string ToString() => ImageUri;
}
