namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A role as far as the module looks at it; the document is decoded, byte for byte what IAM holds.</summary>
public sealed record IamRole(string RoleName, string Arn, string AssumeRolePolicyDocument);

/// <summary>A managed policy.</summary>
public sealed record IamPolicy(string PolicyName, string Arn, string DefaultVersionId, int AttachmentCount);

/// <summary>A version of a managed policy; the document is there only where it was asked for by id.</summary>
public sealed record IamPolicyVersion(string VersionId, bool IsDefaultVersion, DateTimeOffset? CreateDate, string? Document);

/// <summary>The operations of IAM that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with IAM's error code.</summary>
public sealed class IamClient
{
    /// <summary>Reads a role with its trust policy. <c>NoSuchEntity</c> when it is missing.</summary>
    public Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Replaces the whole trust policy; the last writer wins.</summary>
    public Task UpdateAssumeRolePolicyAsync(string roleName, string document, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Reads what a managed policy is, without its document.</summary>
    public Task<IamPolicy> GetPolicyAsync(string policyArn, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Reads one version with its document.</summary>
    public Task<IamPolicyVersion> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>All versions (at most five), without documents.</summary>
    public Task<IReadOnlyList<IamPolicyVersion>> ListPolicyVersionsAsync(string policyArn, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Makes a customer-managed policy. <c>EntityAlreadyExists</c> when the name is taken.</summary>
    public Task<IamPolicy> CreatePolicyAsync(string policyName, string document, string? description, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Adds a version. <c>LimitExceeded</c> when there are five.</summary>
    public Task<IamPolicyVersion> CreatePolicyVersionAsync(string policyArn, string document, bool setAsDefault, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Deletes a version that is not the default one.</summary>
    public Task DeletePolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Makes a version the one in force.</summary>
    public Task SetDefaultPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Attaches a managed policy to a role; attaching it twice changes nothing.</summary>
    public Task AttachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>The managed policies of a role, page by page.</summary>
    public IAsyncEnumerable<(string PolicyName, string PolicyArn)> ListAttachedRolePoliciesAsync(string roleName, CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>ARNs of the account's OIDC providers.</summary>
    public Task<IReadOnlyList<string>> ListOpenIDConnectProvidersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    /// <summary>Quotas and counts by IAM's names, for example AssumeRolePolicySizeQuota.</summary>
    public Task<IReadOnlyDictionary<string, int>> GetAccountSummaryAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
