using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>What granting needs of IAM, and no more; see <see cref="IamClient"/>.</summary>
internal interface IPolicyStore
{
    Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken);
    IAsyncEnumerable<(string PolicyName, string PolicyArn)> ListAttachedRolePoliciesAsync(string roleName, CancellationToken cancellationToken);
    Task AttachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken);
    Task<IamPolicy> CreatePolicyAsync(string policyName, string document, string? description, CancellationToken cancellationToken);
    Task DeletePolicyAsync(string policyArn, CancellationToken cancellationToken);
    Task<IReadOnlyList<IamPolicyVersion>> ListPolicyVersionsAsync(string policyArn, CancellationToken cancellationToken);
    Task<IamPolicyVersion> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken);
    Task<IamPolicyVersion> CreatePolicyVersionAsync(string policyArn, string document, bool setAsDefault, CancellationToken cancellationToken);
    Task DeletePolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken);
    Task SetDefaultPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken);
}
