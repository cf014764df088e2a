using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A role to be made; what is null is left to IAM.</summary>
public sealed record NewRole(string RoleName, string TrustPolicy)
{
    /// <summary>For example <c>/ci/</c>.</summary>
    public string? Path { get; init; }

    /// <summary>At most 1,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Seconds, 3,600 to 43,200.</summary>
    public int? MaxSessionDuration { get; init; }

    /// <summary>The ARN of a managed policy that bounds what the role may do.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>At most 50.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

public sealed partial class IamClient
{
    /// <summary>Makes a role. <c>EntityAlreadyExists</c> when the name is taken, in whatever path and capitals.</summary>
    public async Task<IamRole> CreateRoleAsync(NewRole role, CancellationToken cancellationToken) =>
        Role(Child(await _iam.QueryAsync("CreateRole", cancellationToken,
        [
            ("RoleName", role.RoleName), ("AssumeRolePolicyDocument", role.TrustPolicy), ("Path", role.Path), ("Description", role.Description),
            ("MaxSessionDuration", role.MaxSessionDuration?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("PermissionsBoundary", role.PermissionsBoundary),
            .. role.Tags.SelectMany((t, i) => new (string, string?)[] { ($"Tags.member.{i + 1}.Key", t.Key), ($"Tags.member.{i + 1}.Value", t.Value) }),
        ]).ConfigureAwait(false), "Role"));

    /// <summary>Every role of the account with its trust policy, page by page.</summary>
    public async IAsyncEnumerable<IamRole> ListRolesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListRoles", cancellationToken).ConfigureAwait(false))
            foreach (XElement role in Members(page, "Roles")) yield return Role(role);
    }

    /// <summary>Deletes a role that has no policies and is in no instance profile.</summary>
    public Task DeleteRoleAsync(string roleName, CancellationToken cancellationToken) => _iam.QueryAsync("DeleteRole", cancellationToken, ("RoleName", roleName));

    /// <summary>Takes a managed policy from a role. <c>NoSuchEntity</c> when the role does not have it.</summary>
    public Task DetachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) =>
        _iam.QueryAsync("DetachRolePolicy", cancellationToken, ("RoleName", roleName), ("PolicyArn", policyArn));

    /// <summary>The names of the policies that are part of a role.</summary>
    public async IAsyncEnumerable<string> ListRolePoliciesAsync(string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListRolePolicies", cancellationToken, ("RoleName", roleName)).ConfigureAwait(false))
            foreach (XElement name in Members(page, "PolicyNames")) yield return name.Value;
    }

    /// <summary>Deletes a policy that is part of a role.</summary>
    public Task DeleteRolePolicyAsync(string roleName, string policyName, CancellationToken cancellationToken) =>
        _iam.QueryAsync("DeleteRolePolicy", cancellationToken, ("RoleName", roleName), ("PolicyName", policyName));

    /// <summary>The names of the instance profiles that hold a role.</summary>
    public async IAsyncEnumerable<string> ListInstanceProfilesForRoleAsync(string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListInstanceProfilesForRole", cancellationToken, ("RoleName", roleName)).ConfigureAwait(false))
            foreach (XElement profile in Members(page, "InstanceProfiles")) yield return Text(profile, "InstanceProfileName");
    }

    /// <summary>Every managed policy that the account can see, AWS's among them, page by page.</summary>
    public async IAsyncEnumerable<IamPolicy> ListPoliciesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListPolicies", cancellationToken, ("Scope", "All"), ("MaxItems", "1000")).ConfigureAwait(false))
            foreach (XElement policy in Members(page, "Policies")) yield return Policy(policy);
    }
}
