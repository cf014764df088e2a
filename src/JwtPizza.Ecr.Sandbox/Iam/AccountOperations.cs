using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The account as a whole.</summary>
internal sealed class AccountOperations(IamAccount account)
{
    public IEnumerable<Func<QueryCall, XElement[]?>> All => [GetAccountSummary];

    public XElement[] GetAccountSummary(QueryCall call) => [El("SummaryMap", Summary().Select(e => El("entry", El("key", e.Key), El("value", e.Value))))];

    private Dictionary<string, int> Summary() => new()
    {
        ["Roles"] = account.Roles.Count,
        ["RolesQuota"] = IamRules.MaxRoles,
        ["Policies"] = account.Policies.Count,
        ["PoliciesQuota"] = IamRules.MaxPolicies,
        ["Providers"] = account.Providers.Count,
        ["PolicySizeQuota"] = IamRules.MaxManagedPolicy,
        ["RolePolicySizeQuota"] = IamRules.MaxInlinePolicies,
        ["AssumeRolePolicySizeQuota"] = IamRules.MaxTrustPolicy,
        ["VersionsPerPolicyQuota"] = IamRules.MaxVersions,
        ["AttachedPoliciesPerRoleQuota"] = IamRules.MaxAttached,
        ["PolicyVersionsInUse"] = account.Policies.Values.Sum(p => p.Versions.Count),
        ["Users"] = 1,
        ["Groups"] = 0,
        ["InstanceProfiles"] = 0,
    };
}
