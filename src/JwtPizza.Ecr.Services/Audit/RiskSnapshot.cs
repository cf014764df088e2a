using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Services.Audit;

/// <summary>What was read of an account in one region, once for all rules.</summary>
/// <param name="RegistryId">The account.</param>
/// <param name="Region">The region.</param>
internal sealed record RiskSnapshot(string RegistryId, string Region)
{
    /// <summary>The roles that workflows may assume.</summary>
    public IReadOnlyList<RoleFacts> Roles { get; init; } = [];

    /// <summary>Who has the managed policies of these roles that are the account's own, by ARN.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<(string Kind, string Name)>> Holders { get; init; } =
        new Dictionary<string, IReadOnlyList<(string, string)>>();

    /// <summary>The repositories.</summary>
    public IReadOnlyList<RepositoryFacts> Repositories { get; init; } = [];

    /// <summary>How the registry scans; null when that was not read.</summary>
    public RegistryScanning? Scanning { get; init; }

    /// <summary>What ECS uses.</summary>
    public ImagesInUse Use { get; init; } = ImagesInUse.None;
}

/// <summary>A role that workflows may assume.</summary>
/// <param name="Trust">Its trust policy.</param>
/// <param name="Policies">Its managed policies.</param>
internal sealed record RoleFacts(TrustPolicy Trust, IReadOnlyList<PolicyInForce> Policies);

/// <summary>A repository.</summary>
/// <param name="Repository">Its settings.</param>
internal sealed record RepositoryFacts(Repository Repository)
{
    /// <summary>Its policy; null when it has none, or it was not read.</summary>
    public AccessPolicy? Access { get; init; }

    /// <summary>Its lifecycle; null when that was not read.</summary>
    public RepositoryLifecycle? Lifecycle { get; init; }

    /// <summary>The images that its lifecycle policy takes at the next run, as worked out here.</summary>
    public IReadOnlyList<LifecycleForecast> Expiring { get; init; } = [];

    /// <summary>The images that ECS uses.</summary>
    public IReadOnlyList<UsedImage> Used { get; init; } = [];

    /// <summary>What a user calls it.</summary>
    public string Target => $"repository {Repository.RepositoryName}";
}

/// <summary>An image that ECS uses.</summary>
/// <param name="ImageDigest">Its digest.</param>
/// <param name="ImageTags">Its tags, and those of an index that it is part of.</param>
/// <param name="User">Who uses it, in words.</param>
internal sealed record UsedImage(string ImageDigest, IReadOnlyList<string> ImageTags, ImageUser User)
{
    /// <summary>Whether ECR has findings of a scan; null when that could not be read, or ECR cannot scan such an image.</summary>
    public bool? IsScanned { get; init; }

    /// <summary>How many findings are CRITICAL.</summary>
    public int Criticals { get; init; }

    /// <summary>The newest tagged image of the repository that was scanned and has none; null when none is known.</summary>
    public string? Better { get; init; }
}
