using Amazon;
using Amazon.Runtime.CredentialManagement;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Names that need no call: what tab completion offers.</summary>
public static class AwsNames
{
    /// <summary>The regions that the SDK knows.</summary>
    public static IEnumerable<string> Regions => RegionEndpoint.EnumerableAllRegions.Select(r => r.SystemName).Order(StringComparer.Ordinal);

    /// <summary>The profiles of the shared configuration files.</summary>
    public static IEnumerable<string> Profiles => new CredentialProfileStoreChain().ListProfiles().Select(p => p.Name).Distinct().Order(StringComparer.Ordinal);
}
