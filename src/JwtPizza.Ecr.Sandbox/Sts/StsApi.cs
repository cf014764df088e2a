using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>STS: who am I.</summary>
internal sealed class StsApi(IamAccount account) : IQueryApi
{
    public string Version => "2011-06-15";

    public XNamespace Namespace => "https://sts.amazonaws.com/doc/2011-06-15/";

    public Task<IEnumerable<XElement>?> CallAsync(QueryCall call, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<XElement>?>(call.Action switch
    {
        "GetCallerIdentity" => GetCallerIdentity(account.Identify(call.Caller)),
        _ => throw call.Unknown(),
    });

    private XElement[] GetCallerIdentity(Identity who) => [El("Arn", who.Arn), El("UserId", who.UserId), El("Account", account.AccountId)];
}
