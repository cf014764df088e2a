using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>A managed policy as it is in force.</summary>
/// <param name="PolicyArn">Its ARN.</param>
/// <param name="Document">The version in force.</param>
/// <param name="VersionId">That version's id.</param>
internal sealed record PolicyInForce(string PolicyArn, CiPolicy Document, string VersionId);

/// <summary>Reads what roles may do in ECR by their managed policies. Each policy is read once, however many roles have it.</summary>
/// <param name="iam">IAM.</param>
internal sealed class CiPolicyReader(IamClient iam)
{
    private readonly Dictionary<string, Task<PolicyInForce>> _policies = [];
    private readonly Dictionary<string, Task<(string[]?, string?)>> _holders = [];

    /// <summary>The managed policies of a role.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>.</exception>
    public async Task<IReadOnlyList<(string Name, string Arn)>> AttachedAsync(string roleName, CancellationToken cancellationToken)
    {
        try { return await iam.ListAttachedRolePoliciesAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { throw ErrorCatalog.RoleNotFound(roleName, e); }
    }

    /// <summary>A policy with its document.</summary>
    /// <param name="policyArn">The policy.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public Task<PolicyInForce> ReadAsync(string policyArn, CancellationToken cancellationToken) =>
        Once(_policies, policyArn, async () =>
        {
            Documents.Reading<CiPolicy> reading =
                await new CiPolicyStore(iam, policyArn).ReadAsync(cancellationToken).ConfigureAwait(false);
            return new PolicyInForce(policyArn, reading.Document, $"v{reading.Version}");
        });

    /// <summary>Who has a policy, for example <c>role github-ci</c>.</summary>
    /// <param name="policyArn">The policy.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The holders; null, and why, when they could not be seen.</returns>
    public Task<(string[]? Holders, string? NotSeen)> HoldersAsync(string policyArn, CancellationToken cancellationToken) =>
        Once(_holders, policyArn, async () =>
        {
            try
            {
                IReadOnlyList<(string Kind, string Name)> holders =
                    await new CiPolicyService(iam).HoldersAsync(policyArn, cancellationToken).ConfigureAwait(false);
                return ((string[]?)[.. holders.Select(h => $"{h.Kind} {h.Name}")], (string?)null);
            }
            catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
            {
                return (null, $"Who has the policy {policyArn} could not be seen: {e.Message}");
            }
        });

    /// <summary>The record of what a policy allows a role for one repository.</summary>
    public static CiPolicyGrant Record(string roleName, string policyArn, CiPolicy document, string versionId, CiPolicyReach reach) => new()
    {
        RoleName = roleName, PolicyName = document.PolicyName, PolicyArn = policyArn, VersionId = versionId, Status = null,
        RepositoryName = reach.RepositoryName, RegistryId = reach.RegistryId, Region = reach.Region, RepositoryArn = reach.Resource,
        Sids = [.. reach.Sids], CanPush = reach.CanPush, CanPull = reach.CanPull, CanVerify = reach.CanVerify,
        CanDeploy = reach.Deploys is not null, Cluster = reach.Deploys?.Cluster, Service = reach.Deploys?.Service,
    };

    private static Task<T> Once<T>(Dictionary<string, Task<T>> known, string key, Func<Task<T>> read)
    {
        lock (known) return known.TryGetValue(key, out Task<T>? there) ? there : known[key] = read();
    }
}
