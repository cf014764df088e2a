using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Which managed policies a role has.</summary>
internal sealed class AttachmentOperations(IamAccount account)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All => [AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies, ListEntitiesForPolicy];

    public XElement[]? AttachRolePolicy(QueryCall call)
    {
        Role role = Role(call);
        ManagedPolicy policy = account.FindPolicy(PolicyOperations.Arn(call))
            ?? throw IamErrors.NoSuchEntity($"Policy {PolicyOperations.Arn(call)} does not exist or is not attachable.");
        if (role.Attached.Contains(policy)) return null;
        if (role.Attached.Count == IamRules.MaxAttached) throw IamErrors.Quota("PoliciesPerRole", IamRules.MaxAttached);
        role.Attached.Add(policy);
        return null;
    }

    public XElement[]? DetachRolePolicy(QueryCall call)
    {
        Role role = Role(call);
        return role.Attached.Remove(PolicyOperations.Existing(account, call)) ? null : throw IamErrors.NoSuchPolicy(PolicyOperations.Arn(call));
    }

    public XElement[] ListAttachedRolePolicies(QueryCall call)
    {
        string prefix = call.OptionalText("PathPrefix", IamRules.PathPrefix) ?? "/";
        return call.Page(Role(call).Attached.Where(p => p.Path.StartsWith(prefix, StringComparison.Ordinal)), p => p.Name + p.Arn,
            page => [List("AttachedPolicies", page, p => new object[] { El("PolicyName", p.Name), El("PolicyArn", p.Arn) })]);
    }

    /// <summary>Only roles can be there: the sandbox has no users or groups of the account's own.</summary>
    public XElement[] ListEntitiesForPolicy(QueryCall call)
    {
        ManagedPolicy policy = PolicyOperations.Existing(account, call);
        string prefix = call.OptionalText("PathPrefix", IamRules.PathPrefix) ?? "/";
        string filter = call.OneOf("EntityFilter", "Role", "User", "Group", "LocalManagedPolicy", "AWSManagedPolicy");
        string usage = call.OneOf("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary");
        IEnumerable<Role> roles = filter == "Role" && usage == "PermissionsPolicy" ? account.Roles.Values : [];
        return call.Page(roles.Where(r => r.Attached.Contains(policy) && r.Path.StartsWith(prefix, StringComparison.Ordinal)), r => r.Name,
            page => [El("PolicyGroups"), El("PolicyUsers"), List("PolicyRoles", page, r => new object[] { El("RoleName", r.Name), El("RoleId", r.Id) })]);
    }

    private Role Role(QueryCall call) => account.Role(call.Text("RoleName", IamRules.RoleName));
}
