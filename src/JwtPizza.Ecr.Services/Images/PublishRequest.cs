using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>An image to build and push.</summary>
public sealed record PublishRequest
{
    /// <summary>The repository, by name or by URI. With a host in it, that host must be ECR's own for the repository.</summary>
    public required ImageReference Repository { get; init; }

    /// <summary>The tags, at least one.</summary>
    public required IReadOnlyList<ImageTag> Tags { get; init; }

    /// <summary>What to build.</summary>
    public required BuildRequest Build { get; init; }
}
