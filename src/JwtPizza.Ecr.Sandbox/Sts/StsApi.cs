using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>STS: who am I, and whom may I become.</summary>
internal sealed class StsApi(StsWorld sts)
{
    private readonly AssumeRoleOperations _roles = new(sts);

    /// <summary>The table of the operations. AssumeRole is judged where the trust policy is; the others are open to everybody.</summary>
    public QueryService Service => new("sts", "2011-06-15",
    [
        Row("GetCallerIdentity", GetCallerIdentity),
        Row("AssumeRole", _roles.AssumeRole),
        Row("AssumeRoleWithWebIdentity", _roles.AssumeRoleWithWebIdentity) with { TakesUnsigned = true },
    ]);

    private static Operation<QueryCall, IEnumerable<XElement>?> Row(string name, Func<QueryCall, XElement[]> handler) =>
        new(name, (call, _) => Task.FromResult<IEnumerable<XElement>?>(handler(call)), _ => [], Writes: false);

    private XElement[] GetCallerIdentity(QueryCall call)
    {
        Identity who = sts.Sessions.Identify(call.Caller);
        return [El("Arn", who.Arn), El("UserId", who.UserId), El("Account", call.Caller.AccountId ?? sts.Account.AccountId)];
    }
}
