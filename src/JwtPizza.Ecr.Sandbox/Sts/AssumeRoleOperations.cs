using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Temporary credentials of a role, for who its trust policy lets in.</summary>
internal sealed class AssumeRoleOperations(StsWorld sts)
{
    public XElement[] AssumeRoleWithWebIdentity(QueryCall call)
    {
        string arn = call.Text("RoleArn", StsRules.RoleArn), name = call.Text("RoleSessionName", StsRules.SessionName);
        WebIdentity identity = WebIdentity.Verify(call.Text("WebIdentityToken", StsRules.Token), sts);
        lock (sts.Account.Gate)
        {
            // AWS tells neither a stranger which roles exist, nor anybody why.
            if (Find(arn) is not { } role || new WebIdentityGate(sts).Evaluate(role, identity, name).Decision != Decision.Allowed)
                throw new ApiError("AccessDenied", $"Not authorized to perform {TrustJudge.Action}", 403);
            return
            [
                .. Credentials(call, role, name, role.MaxSessionDuration), El("SubjectFromWebIdentityToken", identity.Subject),
                El("Provider", identity.Provider.Arn), El("Audience", identity.Audience),
            ];
        }
    }

    public XElement[] AssumeRole(QueryCall call)
    {
        string arn = call.Text("RoleArn", StsRules.RoleArn), name = call.Text("RoleSessionName", StsRules.SessionName);
        Session? session = sts.Sessions.Of(call.Caller);
        lock (sts.Account.Gate)
        {
            if (Find(arn) is not { } role || !Admits(role, call, name))
                throw new ApiError("AccessDenied", $"User: {sts.Sessions.Identify(call.Caller).Arn} is not authorized to perform: sts:AssumeRole on resource: {arn}", 403);
            return Credentials(call, role, name, session is null ? role.MaxSessionDuration : StsRules.DefaultDuration);
        }
    }

    /// <summary>The trust policy has to let the caller in, and where it names no more than his account, his own policies have to as well.</summary>
    private bool Admits(Role role, QueryCall call, string sessionName)
    {
        Principals principals = new(sts);
        RequestContext context = principals.Context(call.Caller).With("sts:RoleSessionName", sessionName);
        if (call.OptionalText("ExternalId", StsRules.ExternalId) is { } externalId) context.With("sts:ExternalId", externalId);
        return principals.Of(call.Caller) is { } who
            && AccessDecision.Of(who, new("sts:AssumeRole", role.Arn, context), sts.Account.AccountId, [CompiledPolicy.Of(role.TrustPolicy)], mustLetIn: true).Decision == Decision.Allowed;
    }

    private Role? Find(string arn) => sts.Account.Roles.GetValueOrDefault(arn[(arn.LastIndexOf('/') + 1)..]) is { } role && role.Arn == arn ? role : null;

    private XElement[] Credentials(QueryCall call, Role role, string name, int longest)
    {
        int seconds = call.Number("DurationSeconds", StsRules.DefaultDuration, StsRules.MinDuration, StsRules.MaxDuration);
        if (seconds > longest)
            throw new ApiError("ValidationError", longest == role.MaxSessionDuration
                ? "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
                : "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        (string accessKey, Session session) = sts.Sessions.Issue(role, name, TimeSpan.FromSeconds(seconds), SessionPolicies(call));
        return
        [
            El("Credentials", El("AccessKeyId", accessKey), El("SecretAccessKey", session.SecretKey), El("SessionToken", session.Token), El("Expiration", session.ExpiresAt)),
            El("AssumedRoleUser", El("AssumedRoleId", session.Identity.UserId), El("Arn", session.Identity.Arn)),
        ];
    }

    private List<string> SessionPolicies(QueryCall call)
    {
        List<string> policies = [];
        if (call.OptionalText("Policy", StsRules.Policy) is { } inline)
        {
            PolicyGrammar.Check(inline, PolicyKind.Inline);
            policies.Add(inline);
        }
        for (int i = 1; call.OptionalText($"PolicyArns.member.{i}.arn", IamRules.Arn) is { } arn; i++)
            policies.Add(sts.Account.FindPolicy(arn)?.Default.Document ?? throw new ApiError("ValidationError", $"Policy {arn} does not exist or is not attachable."));
        return policies;
    }
}
