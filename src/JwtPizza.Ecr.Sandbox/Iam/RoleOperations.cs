using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Roles and their trust policies.</summary>
internal static class RoleOperations
{
    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        (string name, string path) = (call.Required("RoleName"), call["Path"] ?? "/");
        IReadOnlyList<KeyValuePair<string, string>> tags = Tagging.New(call);
        string trust = TrustPolicy(call, "AssumeRolePolicyDocument");
        string? boundary = Boundaries.Of(call);
        if (account.Roles.ContainsKey(name)) throw IamErrors.AlreadyExists($"Role with name {name} already exists.");
        if (account.Roles.Count == IamRules.MaxRoles) throw IamErrors.Quota("RolesPerAccount", IamRules.MaxRoles);
        Role role = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("AROA"), Arn = account.Arn($"role{path}{name}"), CreatedAt = account.Now,
            TrustPolicy = trust,
            Description = call["Description"], MaxSessionDuration = call.Number("MaxSessionDuration", IamRules.HourInSeconds),
            PermissionsBoundary = boundary, Tags = tags,
        };
        account.Roles.Add(name, role);
        return [El("Role", IamXml.Created(role))];
    }

    public static XElement[] Get(IamCall call) => [El("Role", IamXml.Whole(call.Role))];

    public static XElement[] List(IamCall call) => call.Page(
        call.Account.Roles.Values.Where(r => r.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)), r => r.Name,
        page => [QueryXml.List("Roles", page, IamXml.Listed)]);

    public static XElement[]? Delete(IamCall call)
    {
        Role role = Own(call);
        if (call.Account.InstanceProfiles.Values.Any(p => Is(p, role)))
            throw IamErrors.DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
        IamErrors.RequireBare(role);
        call.Account.Roles.Remove(role.Name);
        return null;
    }

    public static XElement[]? UpdateTrust(IamCall call)
    {
        Own(call).TrustPolicy = TrustPolicy(call, "PolicyDocument");
        return null;
    }

    /// <summary>What is not given stays. Of the roles of AWS's services, the account may change the description.</summary>
    public static XElement[] Update(IamCall call)
    {
        Role role = call["MaxSessionDuration"] is null ? call.Role : Own(call);
        role.Description = call["Description"] ?? role.Description;
        role.MaxSessionDuration = call.Number("MaxSessionDuration", role.MaxSessionDuration);
        return [];
    }

    public static XElement[] UpdateDescription(IamCall call)
    {
        Role role = call.Role;
        role.Description = call.Required("Description");
        return [El("Role", [.. IamXml.Summary(role), El("Description", role.Description)])];
    }

    /// <summary>The role, if the account may change it. The roles of AWS's services it may only describe.</summary>
    private static Role Own(IamCall call) => call.Role is { IsServiceLinked: true } linked
        ? throw new ApiError("UnmodifiableEntity",
            $"Cannot perform the operation on the protected role '{linked.Name}' - this role is only modifiable by AWS")
        : call.Role;

    private static bool Is(InstanceProfile profile, Role role) => role.Name.Equals(profile.RoleName, StringComparison.OrdinalIgnoreCase);

    private static string TrustPolicy(IamCall call, string parameter)
    {
        string document = call.Required(parameter);
        TrustGrammar.Check(document, call.Account);
        return document.Length <= IamRules.MaxTrustPolicy ? document : throw IamErrors.Quota("ACLSizePerRole", IamRules.MaxTrustPolicy);
    }
}
