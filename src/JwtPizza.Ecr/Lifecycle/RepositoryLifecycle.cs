namespace JwtPizza.Ecr;

/// <summary>What happens to the images of a repository as they age.</summary>
public sealed record RepositoryLifecycle
{
    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry. The policy works there only: a replica needs one of its own.</summary>
    public required string Region { get; init; }

    /// <summary>The rules in the order in which ECR applies them; none when the repository has no policy.</summary>
    public ValueList<LifecycleRule> Rules { get; init; } = [];

    /// <summary>When ECR last looked for images to take; null when never.</summary>
    public DateTimeOffset? LastEvaluatedAt { get; init; }

    /// <summary>The policy's JSON as ECR holds it; null when the repository has none.</summary>
    public string? PolicyText { get; init; }
}
