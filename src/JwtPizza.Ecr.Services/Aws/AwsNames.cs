using Amazon.Runtime.CredentialManagement;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Names that need no call: what tab completion offers.</summary>
internal static class AwsNames
{
    /// <summary>The profiles of the shared configuration files.</summary>
    public static IEnumerable<string> Profiles =>
        new CredentialProfileStoreChain().ListProfiles().Select(p => p.Name).Distinct().Order(StringComparer.Ordinal);
}
