using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Roles and their trust policies.</summary>
internal sealed class RoleOperations(IamAccount account)
{
    private const int HourInSeconds = 3600;

    public IEnumerable<Func<QueryCall, XElement[]?>> All => [CreateRole, GetRole, ListRoles, DeleteRole, UpdateAssumeRolePolicy, ListInstanceProfilesForRole];

    public XElement[] CreateRole(QueryCall call)
    {
        string name = call.Text("RoleName", IamRules.RoleName);
        string path = call.OptionalText("Path", IamRules.Path) ?? "/";
        string trust = TrustPolicy(call, "AssumeRolePolicyDocument");
        string? boundary = call.OptionalText("PermissionsBoundary", IamRules.Arn);
        int duration = call.Number("MaxSessionDuration", HourInSeconds, HourInSeconds, 12 * HourInSeconds);
        if (boundary is not null && account.FindPolicy(boundary) is null) throw IamErrors.NoSuchEntity($"Scope ARN: {boundary} does not exist or is not attachable.");
        if (account.Roles.ContainsKey(name)) throw IamErrors.AlreadyExists($"Role with name {name} already exists.");
        if (account.Roles.Count == IamRules.MaxRoles) throw IamErrors.Quota("RolesPerAccount", IamRules.MaxRoles);
        Role role = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("AROA"), Arn = account.Arn($"role{path}{name}"), CreatedAt = account.Now,
            TrustPolicy = trust, Description = call.OptionalText("Description", IamRules.RoleDescription), MaxSessionDuration = duration,
            PermissionsBoundary = boundary, Tags = call.Tags(),
        };
        account.Roles.Add(name, role);
        return [El("Role", IamXml.Whole(role))];
    }

    public XElement[] GetRole(QueryCall call) => [El("Role", [.. IamXml.Whole(Named(call)), El("RoleLastUsed")])];

    public XElement[] ListRoles(QueryCall call)
    {
        string prefix = call.OptionalText("PathPrefix", IamRules.PathPrefix) ?? "/";
        return call.Page(account.Roles.Values.Where(r => r.Path.StartsWith(prefix, StringComparison.Ordinal)), r => r.Name,
            page => [List("Roles", page, IamXml.Summary)]);
    }

    public XElement[]? DeleteRole(QueryCall call)
    {
        Role role = Named(call);
        if (role.Attached.Count > 0) throw IamErrors.DeleteConflict("Cannot delete entity, must detach all policies first.");
        if (role.Inline.Count > 0) throw IamErrors.DeleteConflict("Cannot delete entity, must delete policies first.");
        account.Roles.Remove(role.Name);
        return null;
    }

    public XElement[]? UpdateAssumeRolePolicy(QueryCall call)
    {
        Role role = Named(call);
        role.TrustPolicy = TrustPolicy(call, "PolicyDocument");
        return null;
    }

    /// <summary>Always none: the sandbox has no instance profiles. Terraform asks before it deletes a role.</summary>
    public XElement[] ListInstanceProfilesForRole(QueryCall call)
    {
        Named(call);
        return [El("InstanceProfiles"), El("IsTruncated", false)];
    }

    private Role Named(QueryCall call) => account.Role(call.Text("RoleName", IamRules.RoleName));

    private string TrustPolicy(QueryCall call, string parameter)
    {
        string document = call.Text(parameter, IamRules.Document);
        TrustGrammar.Check(document, account);
        return document.Length <= IamRules.MaxTrustPolicy ? document : throw IamErrors.Quota("ACLSizePerRole", IamRules.MaxTrustPolicy);
    }
}
