using System.Collections.Frozen;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>
/// Which permission each action of IAM needs, on which resource:
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
/// </summary>
internal static class IamNeeds
{
    private static readonly FrozenDictionary<string, Func<QueryCall, IamAccount, string>> s_iam = new (Func<QueryCall, IamAccount, string> Resource, string[] Actions)[]
    {
        (Role,
        [
            "CreateRole", "GetRole", "DeleteRole", "UpdateAssumeRolePolicy", "ListInstanceProfilesForRole", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy", "ListRolePolicies",
            "AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies",
        ]),
        ((call, _) => call["PolicyArn"] ?? "*", ["GetPolicy", "DeletePolicy", "GetPolicyVersion", "ListPolicyVersions", "CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion", "ListEntitiesForPolicy"]),
        ((call, account) => account.Arn($"policy{call["Path"] ?? "/"}{call["PolicyName"]}"), ["CreatePolicy"]),
        ((call, account) => account.Arn($"oidc-provider/{call["Url"]?.Split("://")[^1].TrimEnd('/')}"), ["CreateOpenIDConnectProvider"]),
        ((call, _) => call["OpenIDConnectProviderArn"] ?? "*",
            ["GetOpenIDConnectProvider", "DeleteOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"]),
        ((call, _) => call["PolicySourceArn"] ?? "*", ["SimulatePrincipalPolicy"]),
        ((call, account) => account.Arn($"role{call["PathPrefix"] ?? "/"}"), ["ListRoles"]),
        ((_, _) => "*", ["ListPolicies", "ListOpenIDConnectProviders", "GetAccountSummary", "SimulateCustomPolicy"]),
    }.SelectMany(row => row.Actions.Select(a => KeyValuePair.Create(a, row.Resource))).ToFrozenDictionary();

    /// <summary>What a call of IAM needs.</summary>
    public static IEnumerable<Need> Of(QueryCall call, IamAccount account) => Needs(call, s_iam[call.Action](call, account));

    private static IEnumerable<Need> Needs(QueryCall call, string resource)
    {
        Dictionary<string, string[]> context = [];
        if (call["PolicyArn"] is { } policy && call["RoleName"] is not null) context["iam:PolicyARN"] = [policy];
        yield return new("iam:" + call.Action, resource) { Context = context };
        if (call["Tags.member.1.Key"] is null) yield break;
        foreach ((string key, string value) in call.Tags()) context["aws:RequestTag/" + key] = [value];
        context["aws:TagKeys"] = [.. call.Tags().Select(t => t.Key)];
        yield return new("iam:" + call.Action.Replace("Create", "Tag", StringComparison.Ordinal), resource) { Context = context };
    }

    private static string Role(QueryCall call, IamAccount account)
    {
        string name = call["RoleName"] ?? "*";
        lock (account.Gate) return account.Roles.GetValueOrDefault(name)?.Arn ?? account.Arn($"role{call["Path"] ?? "/"}{name}");
    }
}
