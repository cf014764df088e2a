using System.Globalization;

namespace JwtPizza.Ecr;

/// <summary>An image that a lifecycle policy would take, and by which rule.</summary>
public sealed record LifecycleForecast
{
    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry; null when no registry was asked.</summary>
    public string? RegistryId { get; init; }

    /// <summary>The region of the registry; null when no registry was asked.</summary>
    public string? Region { get; init; }

    /// <summary>The digest of the image's manifest.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>Its tags; empty for an untagged image.</summary>
    public ValueList<string> ImageTags { get; init; } = [];

    /// <summary>Its compressed size in bytes; layers that it shares with images that stay are in it, though they are not freed. Null where
    /// it is not known.</summary>
    public long? ImageSizeInBytes { get; init; }

    /// <summary>When it was pushed.</summary>
    public DateTimeOffset? ImagePushedAt { get; init; }

    /// <summary><c>expire</c>: it would be deleted; <c>transition</c>: it would be archived.</summary>
    public required string Action { get; init; }

    /// <summary>The priority of the one rule that takes it.</summary>
    public required int Priority { get; init; }

    /// <summary>That rule; null when this version does not understand the policy.</summary>
    public LifecycleRule? Rule { get; init; }

    /// <summary>What the rule takes altogether.</summary>
    public required LifecycleRuleTotal RuleTotal { get; init; }

    /// <summary>Who needs the image: a task or a service of ECS. Null when none is known.</summary>
    public string? InUseBy { get; init; }

    /// <summary><c>ECR</c>: its own preview says so; <c>Offline</c>: this module has worked it out of the images.</summary>
    public required string Source { get; init; }
}

/// <summary>What one rule of a lifecycle policy takes.</summary>
/// <param name="ImageCount">How many images.</param>
/// <param name="SizeInBytes">Their compressed bytes, the most that is freed: what they share with images that stay, or with each other, is
/// freed less or not at all. Null where the size of one is not known.</param>
public sealed record LifecycleRuleTotal(int ImageCount, long? SizeInBytes)
{
    /// <summary>Both, for a reader.</summary>
    public override string ToString()
    {
        string size = SizeInBytes is { } bytes ? $"{Short.Megabytes(bytes)} MB at most" : "of a size that is not known";
        return string.Create(CultureInfo.InvariantCulture, $"{ImageCount} image{(ImageCount == 1 ? "" : "s")}, {size}");
    }
}
