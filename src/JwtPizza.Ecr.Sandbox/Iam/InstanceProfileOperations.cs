using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The profiles by which EC2 instances get a role.</summary>
internal static class InstanceProfileOperations
{
    private const int MaxRolesOfProfile = 1;

    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        (string name, string path) = (call.Required("InstanceProfileName"), call["Path"] ?? "/");
        IReadOnlyList<KeyValuePair<string, string>> tags = Tagging.New(call, caseCounts: true);
        if (account.InstanceProfiles.ContainsKey(name)) throw IamErrors.AlreadyExists($"Instance Profile {name} already exists.");
        if (account.InstanceProfiles.Count == IamRules.MaxInstanceProfiles)
            throw IamErrors.Quota("InstanceProfilesPerAccount", IamRules.MaxInstanceProfiles);
        InstanceProfile profile =
            new(name, path, IamAccount.NewId("AIPA"), account.Arn($"instance-profile{path}{name}"), account.Now) { Tags = tags };
        account.InstanceProfiles.Add(name, profile);
        return [El("InstanceProfile", [.. IamXml.Summary(profile, account), tags.Count == 0 ? null : Tags(tags)])];
    }

    public static XElement[] Get(IamCall call)
    {
        InstanceProfile profile = Named(call);
        return [El("InstanceProfile", [.. IamXml.Summary(profile, call.Account), Tags(profile.Tags)])];
    }

    public static XElement[] List(IamCall call) =>
        Page(call, call.Account.InstanceProfiles.Values.Where(p => p.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)));

    public static XElement[] ListOfRole(IamCall call)
    {
        Role role = call.Role;
        return Page(call, OfRole(role, call.Account));
    }

    public static XElement[]? Delete(IamCall call)
    {
        InstanceProfile profile = Named(call);
        if (profile.RoleName is not null)
            throw IamErrors.DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
        call.Account.InstanceProfiles.Remove(profile.Name);
        return null;
    }

    public static XElement[]? AddRole(IamCall call)
    {
        (InstanceProfile profile, Role role) = (Named(call), call.Role);
        if (profile.RoleName is not null) throw IamErrors.Quota("InstanceSessionsPerInstanceProfile", MaxRolesOfProfile);
        profile.RoleName = role.Name;
        return null;
    }

    public static XElement[]? RemoveRole(IamCall call)
    {
        (InstanceProfile profile, Role role) = (Named(call), call.Role);
        if (profile.RoleName != role.Name)
            throw IamErrors.NoSuchEntity($"Role {role.Name} in Instance Profile {profile.Name} cannot be found.");
        profile.RoleName = null;
        return null;
    }

    /// <summary>The profile that the call names.</summary>
    public static InstanceProfile Named(IamCall call)
    {
        string name = call.Required("InstanceProfileName");
        return call.Account.InstanceProfiles.GetValueOrDefault(name)
            ?? throw IamErrors.NoSuchEntity($"Instance Profile {name} cannot be found.");
    }

    public static IEnumerable<InstanceProfile> OfRole(Role role, IamAccount account) =>
        account.InstanceProfiles.Values.Where(p => p.RoleName == role.Name);

    private static XElement[] Page(IamCall call, IEnumerable<InstanceProfile> profiles) =>
        call.Page(profiles, p => p.Name, page => [QueryXml.List("InstanceProfiles", page, p => IamXml.Summary(p, call.Account))]);
}
