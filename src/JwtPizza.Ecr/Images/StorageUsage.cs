namespace JwtPizza.Ecr;

/// <summary>What the images of a repository weigh: every layer, configuration and manifest once, however many images share it.</summary>
public sealed record StorageUsage
{
    /// <summary>The repository's name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the registry.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>Host and name of the repository, without a tag.</summary>
    public required string RepositoryUri { get; init; }

    /// <summary>How many images ECR counts, indexes and each of their children among them.</summary>
    public required int ImageCount { get; init; }

    /// <summary>How many different layers, configurations and manifests they are made of.</summary>
    public required int BlobCount { get; init; }

    /// <summary>The bytes that ECR stores, compressed, each blob once: what it bills.</summary>
    public required long StorageInBytes { get; init; }

    /// <summary>How many untagged images nothing needs, no index and no signature; use by ECS is not looked at.</summary>
    public required int UntaggedCount { get; init; }

    /// <summary>The bytes that would be free without those; layers that other images share stay.</summary>
    public required long UntaggedInBytes { get; init; }

    /// <summary>US dollars a month, without the free tier, at the price for most regions (0.10 USD per GB).</summary>
    public decimal MonthlyCost => StoragePrice.Of(StorageInBytes);

    /// <summary>Repository and megabytes.</summary>
    public override string ToString() => $"{RepositoryName}: {Short.Megabytes(StorageInBytes)} MB";
}

/// <summary>What the images of several repositories weigh together, against ECR's free tier.</summary>
public sealed record StorageTotal
{
    /// <summary>The 12 digits of the account that owns the registry; null when there are no repositories.</summary>
    public required string? RegistryId { get; init; }

    /// <summary>The region of the registry.</summary>
    public required string Region { get; init; }

    /// <summary>Each repository, the heaviest first.</summary>
    public required ValueList<StorageUsage> Repositories { get; init; }

    /// <summary>How many images ECR counts.</summary>
    public int ImageCount => Repositories.Sum(r => r.ImageCount);

    /// <summary>The bytes that ECR stores and bills: the sum over the repositories, each of which has its own copy of a layer.</summary>
    public long StorageInBytes => Repositories.Sum(r => r.StorageInBytes);

    /// <summary>The bytes when a layer that several repositories have is counted once, as ECR stores it where the registry's blob mounting
    /// put it there.</summary>
    public required long DistinctInBytes { get; init; }

    /// <summary>The bytes that untagged images which nothing needs take.</summary>
    public long UntaggedInBytes => Repositories.Sum(r => r.UntaggedInBytes);

    /// <summary>The free tier, 500 MB a month for new accounts in their first year.</summary>
    public long FreeTierInBytes { get; init; } = StoragePrice.FreeTierInBytes;

    /// <summary>The bytes above the free tier.</summary>
    public long AboveFreeTierInBytes => Math.Max(0, StorageInBytes - FreeTierInBytes);

    /// <summary>US dollars a month for what is above the free tier, at the price for most regions (0.10 USD per GB).</summary>
    public decimal MonthlyCost => StoragePrice.Of(AboveFreeTierInBytes);

    /// <summary>US dollars a month where there is no free tier (any more).</summary>
    public decimal MonthlyCostWithoutFreeTier => StoragePrice.Of(StorageInBytes);

    /// <summary>Megabytes and dollars.</summary>
    public override string ToString() =>
        $"{Short.Megabytes(StorageInBytes)} MB in {Repositories.Length} repositories, {MonthlyCost} USD a month above the free tier";
}
