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
            if (Find(arn) is not { } role || new WebIdentityGate(sts).Judge(role, identity, name).Decision != Decision.Allowed)
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
            if (Find(arn) is not { } role || !Admits(role, call, name, session))
                throw new ApiError("AccessDenied", $"User: {sts.Sessions.Identify(call.Caller).Arn} is not authorized to perform: sts:AssumeRole on resource: {arn}", 403);
            return Credentials(call, role, name, session is null ? role.MaxSessionDuration : StsRules.DefaultDuration);
        }
    }

    /// <summary>
    /// A trust policy that names the caller suffices; one that names the account leaves it to the caller's own policies:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    /// </summary>
    private bool Admits(Role role, QueryCall call, string sessionName, Session? session)
    {
        const string Action = "sts:AssumeRole";
        Identity who = sts.Sessions.Identify(call.Caller);
        RequestContext context = Requests.Context(sts.Account.Now).With("sts:RoleSessionName", sessionName).With("aws:PrincipalArn", who.Arn).With("aws:PrincipalAccount", sts.Account.AccountId);
        if (call.OptionalText("ExternalId", StsRules.ExternalId) is { } externalId) context.With("sts:ExternalId", externalId);
        string[] direct = session is null ? ["*", who.Arn] : ["*", who.Arn, sts.Account.Roles.GetValueOrDefault(session.RoleName)?.Arn ?? who.Arn];
        Judgement trust = Judgement.Of(JudgedStatement.Of(role.TrustPolicy),
            s => s.CoversAction(Action, context) && s.Principals("AWS").Any(p => direct.Contains(p) || IsAccount(p)) ? null : "", context);
        Decision own = new Permissions(sts).Judge(call.Caller, Action, role.Arn, context).Decision;
        return trust.Decision == Decision.Allowed && own != Decision.ExplicitDeny
            && (own == Decision.Allowed || trust.Deciding.Any(s => s.Principals("AWS").Any(direct.Contains)));
    }

    private bool IsAccount(string principal) => principal == sts.Account.AccountId || principal == sts.Account.Arn("root");

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
