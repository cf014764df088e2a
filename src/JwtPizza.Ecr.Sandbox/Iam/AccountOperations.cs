using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The account as a whole.</summary>
internal static class AccountOperations
{
    public static XElement[] Summary(IamCall call) =>
        [El("SummaryMap", Entries(call.Account).Select(e => El("entry", El("key", e.Key), El("value", e.Value))))];

    public static XElement[]? CreateAlias(IamCall call)
    {
        string alias = call.Required("AccountAlias");
        if (alias == call.Account.Alias) throw IamErrors.AlreadyExists($"The account alias {alias} already exists.");
        call.Account.Alias = alias;   // an account has one, and a new one takes its place
        return null;
    }

    public static XElement[]? DeleteAlias(IamCall call)
    {
        string alias = call.Required("AccountAlias");
        if (alias != call.Account.Alias) throw IamErrors.NoSuchEntity($"The account alias {alias} cannot be found.");
        call.Account.Alias = null;
        return null;
    }

    public static XElement[] ListAliases(IamCall call) =>
        [List("AccountAliases", call.Account.Alias is { } alias ? [alias] : Array.Empty<string>(), a => a), El("IsTruncated", false)];

    private static Dictionary<string, int> Entries(IamAccount account) => new()
    {
        ["AccessKeysPerUserQuota"] = IamRules.MaxAccessKeys,
        ["AccountAccessKeysPresent"] = 0,
        ["AccountMFAEnabled"] = 0,
        ["AccountPasswordPresent"] = 0,
        ["AccountSigningCertificatesPresent"] = 0,
        ["AssumeRolePolicySizeQuota"] = IamRules.MaxTrustPolicy,
        ["AttachedPoliciesPerGroupQuota"] = IamRules.MaxAttached,
        ["AttachedPoliciesPerRoleQuota"] = IamRules.MaxAttached,
        ["AttachedPoliciesPerUserQuota"] = IamRules.MaxAttached,
        ["GlobalEndpointTokenVersion"] = 1,
        ["GroupPolicySizeQuota"] = 5120,
        ["Groups"] = account.Groups.Count,
        ["GroupsPerUserQuota"] = IamRules.MaxGroupsPerUser,
        ["GroupsQuota"] = IamRules.MaxGroups,
        ["InstanceProfiles"] = account.InstanceProfiles.Count,
        ["InstanceProfilesQuota"] = IamRules.MaxInstanceProfiles,
        ["MFADevices"] = 0,
        ["MFADevicesInUse"] = 0,
        ["Policies"] = account.Policies.Count,
        ["PoliciesQuota"] = IamRules.MaxPolicies,
        ["PolicySizeQuota"] = IamRules.MaxManagedPolicy,
        ["PolicyVersionsInUse"] = account.Policies.Values.Sum(p => p.Versions.Count),
        ["PolicyVersionsInUseQuota"] = 10_000,
        ["Providers"] = account.Providers.Count,
        ["RolePolicySizeQuota"] = 10_240,
        ["Roles"] = account.Roles.Count,
        ["RolesQuota"] = IamRules.MaxRoles,
        ["ServerCertificates"] = 0,
        ["ServerCertificatesQuota"] = 20,
        ["SigningCertificatesPerUserQuota"] = 2,
        ["UserPolicySizeQuota"] = 2048,
        ["Users"] = account.Users.Count,
        ["UsersQuota"] = IamRules.MaxUsers,
        ["VersionsPerPolicyQuota"] = IamRules.MaxVersions,
    };
}
