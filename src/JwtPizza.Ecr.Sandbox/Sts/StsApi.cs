using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>STS: a row for each operation.</summary>
internal static class StsApi
{
    /// <summary>The table of the operations. AssumeRole is judged where the trust policy is; who one is, everybody may ask.</summary>
    public static QueryService Over(StsWorld sts)
    {
        AssumeRoleOperations roles = new(sts);
        UserCredentialOperations users = new(sts);
        return new("sts", "2011-06-15",
        [
            Row("GetCallerIdentity", StsRules.All, call => GetCallerIdentity(sts, call), Nothing),
            Row("AssumeRole", StsRules.All, roles.AssumeRole, Nothing, "RoleArn", "RoleSessionName"),
            Row("AssumeRoleWithWebIdentity", StsRules.All, roles.AssumeRoleWithWebIdentity, Nothing, "RoleArn", "RoleSessionName",
                "WebIdentityToken") with { TakesUnsigned = true },
            Row("GetSessionToken", StsRules.OfUser, users.GetSessionToken, Nothing),
            Row("GetFederationToken", StsRules.OfUser, users.GetFederationToken, call => [FederatedUser(sts, call)], "Name"),
            Row("GetAccessKeyInfo", StsRules.All, users.GetAccessKeyInfo, Itself, "AccessKeyId"),
            Row("DecodeAuthorizationMessage", StsRules.All, UserCredentialOperations.DecodeAuthorizationMessage, Itself, "EncodedMessage"),
        ]);
    }

    private static Operation<QueryCall, IEnumerable<XElement>?> Row(
        string name, ParameterRules rules, Func<QueryCall, XElement[]> handler, Func<QueryCall, IEnumerable<Need>> needs,
        params string[] required) => new(name, (call, _) =>
    {
        rules.Check(call, required);
        return Task.FromResult<IEnumerable<XElement>?>(handler(call));
    }, needs, Writes: false);

    private static IEnumerable<Need> Nothing(QueryCall call) => [];

    private static IEnumerable<Need> Itself(QueryCall call) => [new("sts:" + call.Action, "*")];

    private static Need FederatedUser(StsWorld sts, QueryCall call)
    {
        IamAccount account = sts.Sessions.AccountOf(call.Caller).Account;
        return new("sts:" + call.Action,
            $"{new Arn(account.Partition.Name, "sts", "", account.AccountId, $"federated-user/{call["Name"]}")}");
    }

    private static XElement[] GetCallerIdentity(StsWorld sts, QueryCall call)
    {
        Identity who = sts.Sessions.Identify(call.Caller);
        return [El("Arn", who.Arn), El("UserId", who.UserId), El("Account", sts.Sessions.AccountOf(call.Caller).Account.AccountId)];
    }
}
