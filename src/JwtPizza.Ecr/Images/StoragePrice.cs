namespace JwtPizza.Ecr;

/// <summary>What storage in private repositories costs: https://aws.amazon.com/ecr/pricing/. A GB is taken as 1,000,000,000
/// bytes.</summary>
internal static class StoragePrice
{
    public const long FreeTierInBytes = 500_000_000;

    private const decimal DollarsPerGigabyte = 0.10m, Gigabyte = 1_000_000_000m;

    /// <summary>US dollars a month, to the cent.</summary>
    public static decimal Of(long bytes) => Math.Round(bytes / Gigabyte * DollarsPerGigabyte, 2, MidpointRounding.AwayFromZero);
}
