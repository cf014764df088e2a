using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>STS: who am I, and whom may I become.</summary>
internal sealed class StsApi(StsWorld sts) : IQueryApi
{
    private readonly AssumeRoleOperations _roles = new(sts);

    public string Name => "sts";

    public IReadOnlyCollection<string> Operations { get; } = [nameof(GetCallerIdentity), nameof(AssumeRoleOperations.AssumeRole), nameof(AssumeRoleOperations.AssumeRoleWithWebIdentity)];

    public string Version => "2011-06-15";

    public XNamespace Namespace => "https://sts.amazonaws.com/doc/2011-06-15/";

    public bool TakesUnsigned(string action) => action == nameof(AssumeRoleOperations.AssumeRoleWithWebIdentity);

    /// <summary>AssumeRole is judged where the trust policy is; the others are open to everybody.</summary>
    public IEnumerable<Need>? Needs(QueryCall call) => Operations.Contains(call.Action) ? [] : null;

    public Task<IEnumerable<XElement>?> CallAsync(QueryCall call, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<XElement>?>(call.Action switch
    {
        nameof(GetCallerIdentity) => GetCallerIdentity(call),
        nameof(AssumeRoleOperations.AssumeRole) => _roles.AssumeRole(call),
        nameof(AssumeRoleOperations.AssumeRoleWithWebIdentity) => _roles.AssumeRoleWithWebIdentity(call),
        _ => throw call.Unknown(),
    });

    private XElement[] GetCallerIdentity(QueryCall call)
    {
        Identity who = sts.Sessions.Identify(call.Caller);
        return [El("Arn", who.Arn), El("UserId", who.UserId), El("Account", call.Caller.AccountId ?? sts.Account.AccountId)];
    }
}
