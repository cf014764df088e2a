using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Knows the policies of callers, as readers of IAM see them.</summary>
internal sealed class Principals(Sessions sessions, IamWorld iam)
{
    /// <summary>Who calls, with the policies that bind him now; null when the role or user behind a session is gone.</summary>
    public RequestPrincipal? Of(Caller caller)
    {
        (Identity who, IamAccount account, Session? session) =
            (sessions.Identify(caller), sessions.AccountOf(caller).Seen, sessions.Of(caller));
        User? longTerm = sessions.UserOf(caller);
        lock (account.Gate)
        {
            PolicyHolder? holder = HolderOf(longTerm, account, session);
            if (holder is null)
            {
                if (session is { RoleName: not null } or { UserName: not null }) return null;
                return RequestPrincipal.Root(account.Partition.Name, account.AccountId) with { Arn = who.Arn, Session = Cut(session) };
            }
            return new()
            {
                Arn = who.Arn, AccountId = account.AccountId, RoleArn = holder is Role ? holder.Arn : null, Session = Cut(session),
                Identity = [.. account.DocumentsOf(holder).Select(CompiledPolicy.Of)],
                Boundary = BoundaryOf(holder, account),
            };
        }
    }

    /// <summary>The policy that bounds a role or user; one that is gone allows nothing.</summary>
    private static CompiledPolicy[]? BoundaryOf(PolicyHolder holder, IamAccount account) =>
        holder.PermissionsBoundary is not { } boundary ? null
        : account.FindPolicy(boundary) is { } policy ? [CompiledPolicy.Of(policy.Default.Document)] : [];

    /// <summary>What the caller brings for conditions to look at:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html</summary>
    public RequestContext Context(Caller caller)
    {
        (Identity who, IamAccount account, Session? session) =
            (sessions.Identify(caller), sessions.AccountOf(caller).Seen, sessions.Of(caller));
        RequestContext context = Requests.Context(iam.Now)
            .With("aws:PrincipalAccount", account.AccountId).With("aws:RequestedRegion", caller.Region)
            .With("aws:userid", who.UserId).With("aws:PrincipalIsAWSService", "false");
        User? longTerm = sessions.UserOf(caller);
        lock (account.Gate)
        {
            PolicyHolder? holder = HolderOf(longTerm, account, session);
            context.With("aws:PrincipalArn", holder is null || session is { IsFederated: true } ? who.Arn : holder.Arn)
                .With("aws:PrincipalType", TypeOf(holder, session));
            if (holder is User user && session is not { IsFederated: true }) context.With("aws:username", user.Name);
            foreach ((string key, string value) in holder?.Tags ?? []) context.With("aws:PrincipalTag/" + key, value);
        }
        return session is null ? context : OfSession(context, session);
    }

    private static RequestContext OfSession(RequestContext context, Session session)
    {
        context.With("aws:TokenIssueTime", Requests.Time(session.IssuedAt)).With("aws:MultiFactorAuthPresent", "false");
        if (session.SourceIdentity is { } source) context.With("aws:SourceIdentity", source);
        if (session.FederatedProvider is { } provider) context.With("aws:FederatedProvider", provider);
        foreach (SessionTag tag in session.Tags) context.With("aws:PrincipalTag/" + tag.Key, tag.Value);
        return context;
    }

    private static PolicyHolder? HolderOf(User? longTerm, IamAccount account, Session? session) => session switch
    {
        null => longTerm,
        { RoleName: { } role } => account.Roles.GetValueOrDefault(role),
        { UserName: { } user } => account.Users.GetValueOrDefault(user),
        _ => null,
    };

    private static string TypeOf(PolicyHolder? holder, Session? session) =>
        session is { IsFederated: true } ? "FederatedUser" : holder switch { Role => "AssumedRole", User => "User", _ => "Account" };

    /// <summary>The session policies. A federated user without any may do nothing.</summary>
    private static CompiledPolicy[]? Cut(Session? session) =>
        session is null || (session.Policies.Count == 0 && !session.IsFederated) ? null : [.. session.Policies.Select(CompiledPolicy.Of)];
}
