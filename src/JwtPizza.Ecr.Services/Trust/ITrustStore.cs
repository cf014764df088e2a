using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>What trust needs of IAM.</summary>
internal interface ITrustStore
{
    Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>Replaces the whole document; there is no version to compare, the last writer wins.</summary>
    Task UpdateAssumeRolePolicyAsync(string roleName, string document, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, int>> GetAccountSummaryAsync(CancellationToken cancellationToken);
}
