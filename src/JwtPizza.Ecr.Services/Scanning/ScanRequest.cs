using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Scanning;

/// <summary>Whose findings are wanted, and how much is to be done for them.</summary>
/// <param name="RepositoryName">The repository.</param>
/// <param name="Image">The image, by digest or by tag.</param>
internal sealed record ScanRequest(string RepositoryName, ImageId Image)
{
    /// <summary>Begin a scan when there is none.</summary>
    public bool Start { get; init; }

    /// <summary>How long to wait for a scan to end; null for not at all.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>The image as a user names it.</summary>
    public string Name => Image.ImageDigest is { } digest ? $"{RepositoryName}@{digest}" : $"{RepositoryName}:{Image.ImageTag}";
}
