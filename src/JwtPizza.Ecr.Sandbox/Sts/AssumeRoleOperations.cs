using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Temporary credentials of a role, for who its trust policy lets in.</summary>
internal sealed class AssumeRoleOperations(StsWorld sts)
{
    public XElement[] AssumeRoleWithWebIdentity(QueryCall call)
    {
        string arn = RoleArn(call), name = call.Required("RoleSessionName");
        IamAccount account = sts.Home;
        WebIdentity identity = WebIdentity.Verify(call.Required("WebIdentityToken"), sts, account);
        List<string> policies = SessionPolicies.Of(call, account);
        // AWS tells neither a stranger which roles exist, nor anybody why.
        if (Find(arn) is not { } role || role.Account != account
            || new WebIdentityGate(sts).Evaluate(role.Role, identity, name).Decision != Decision.Allowed)
            throw new ApiError("AccessDenied", $"Not authorized to perform {TrustJudge.Action}", 403)
            {
                Why = arn.Split(':')[4] == account.AccountId
                    ? new(null, [], new WebIdentityGate(sts).Explain(arn.Split('/')[^1], call.Required("WebIdentityToken"))) : null,
            };
        XElement[] credentials = Credentials(
            call, role, policies, Longest(role.Role, chained: false),
            session => session with { FederatedProvider = identity.Provider.Arn });
        return [.. credentials, El("SubjectFromWebIdentityToken", identity.Subject), El("Provider", identity.Provider.Arn),
            El("Audience", identity.Audience)];
    }

    public XElement[] AssumeRole(QueryCall call)
    {
        string arn = RoleArn(call);
        Session? from = sts.Sessions.Of(call.Caller);
        IReadOnlyList<SessionTag> tags = SessionTags.Of(call, from);
        string? source = call["SourceIdentity"] ?? from?.SourceIdentity;
        if (Find(arn) is not { } role) throw Denied("sts:AssumeRole");
        // it stays what the first to assume a role said
        if (from?.SourceIdentity is { } set && set != source) throw Denied("sts:SetSourceIdentity");
        string?[] actions = ["sts:AssumeRole", tags.Count > 0 ? "sts:TagSession" : null, source is null ? null : "sts:SetSourceIdentity"];
        if (actions.OfType<string>().Select(a => Objection(role, call, a, tags, source)).FirstOrDefault(o => o is not null) is { } refused)
            throw Denied(refused.Action, refused);
        List<string> policies = SessionPolicies.Of(call, role.Account);
        (int, string) longest = Longest(role.Role, chained: from?.RoleName is not null);
        return Credentials(call, role, policies, longest, session => session with { Tags = tags, SourceIdentity = source });

        ApiError Denied(string action, ExplainedNeed? objection = null)
        {
            string who = sts.Sessions.Identify(call.Caller).Arn;
            return new("AccessDenied", $"User: {who} is not authorized to perform: {action} on resource: {arn}", 403)
            {
                Why = new(who, [objection ?? new(action, arn, false, null, ["there is no such role, or its session keeps the source " +
                    "identity that it has"])]),
            };
        }
    }

    /// <summary>
    /// The trust policy has to let the caller in, and where it names no more than his account, his own policies have to as well:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    /// </summary>
    private ExplainedNeed? Objection(
        (IamAccount Account, Role Role) role, QueryCall call, string action, IReadOnlyList<SessionTag> tags, string? source)
    {
        RequestContext context = sts.Principals.Context(call.Caller)
            .With("sts:RoleSessionName", call.Required("RoleSessionName")).With("aws:ResourceAccount", role.Account.AccountId);
        if (call["ExternalId"] is { } externalId) context.With("sts:ExternalId", externalId);
        if (source is not null) context.With("sts:SourceIdentity", source);
        SessionTags.Describe(context, call, tags);
        foreach ((string key, string value) in role.Role.Tags)
            context.With("aws:ResourceTag/" + key, value).With("iam:ResourceTag/" + key, value);
        if (sts.Principals.Of(call.Caller) is not { } who)
            return new(action, role.Role.Arn, false, null, ["the role or user behind the credentials is gone"]);
        NamedPolicy trust = new(PolicyType.Resource, $"trust policy of role '{role.Role.Name}'", CompiledPolicy.Of(role.Role.TrustPolicy));
        AccessRequest request = new(action, role.Role.Arn, context);
        AccessDecision decision = AccessDecision.Of(who, request, role.Account.AccountId, [trust.Policy], mustLetIn: true);
        return decision.By is not { } type ? null
            : new(action, role.Role.Arn, false, Guard.NameOf(type),
                NamedPolicy.Reasons([.. sts.Principals.PoliciesOf(call.Caller), trust], decision, request, who));
    }

    private (IamAccount Account, Role Role)? Find(string arn)
    {
        if (sts.Iam.Seen(arn) is not { } account) return null;
        lock (account.Gate) return account.FindHolder(arn) is Role role && role.Arn == arn ? (account, role) : null;
    }

    private static string RoleArn(QueryCall call)
    {
        string arn = call.Required("RoleArn");
        return Arn.TryParse(arn, out Arn? parsed) && parsed is { Partition.Length: > 0, Service.Length: > 0 }
            ? arn
            : throw new ApiError("ValidationError", $"{arn} is invalid");
    }

    private static (int Seconds, string Complaint) Longest(Role role, bool chained) => chained
        ? (StsRules.DefaultDuration, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
        : (role.MaxSessionDuration, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");

    private XElement[] Credentials(
        QueryCall call, (IamAccount Account, Role Role) role, List<string> policies, (int Seconds, string Complaint) longest,
        Func<Session, Session> describe)
    {
        (IamAccount account, string name) = (role.Account, call.Required("RoleSessionName"));
        int seconds = call.Number("DurationSeconds", StsRules.DefaultDuration);
        if (seconds > longest.Seconds) throw new ApiError("ValidationError", longest.Complaint);
        Arn assumed = new(account.Partition.Name, "sts", "", account.AccountId, $"assumed-role/{role.Role.Name}/{name}");
        Identity identity = new($"{assumed}", $"{role.Role.Id}:{name}");
        int? packed = null;
        (string key, Session session) = sts.Sessions.Issue(TimeSpan.FromSeconds(seconds), (secret, token, from, until) =>
        {
            Session made = describe(new()
            {
                Partition = account.Partition.Name, AccountId = account.AccountId, RoleName = role.Role.Name, Identity = identity,
                SecretKey = secret, Token = token, IssuedAt = from, ExpiresAt = until, Policies = policies,
            });
            packed = SessionTags.PackedSize(made.Policies, made.Tags);
            return made;
        });
        return
        [
            StsXml.Credentials(key, session), El("AssumedRoleUser", El("AssumedRoleId", identity.UserId), El("Arn", identity.Arn)),
            .. packed is { } size ? new[] { El("PackedPolicySize", size) } : [],
            .. session.SourceIdentity is { } source ? new[] { El("SourceIdentity", source) } : [],
        ];
    }
}
