using JwtPizza.Ecr.Sandbox.Enforcement;
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
            return PrincipalOf(holder, account) with { Arn = who.Arn, Session = Cut(session) };
        }
    }

    /// <summary>The policies of a caller, by their names.</summary>
    public IReadOnlyList<NamedPolicy> PoliciesOf(Caller caller)
    {
        (IamAccount account, Session? session) = (sessions.AccountOf(caller).Seen, sessions.Of(caller));
        User? longTerm = sessions.UserOf(caller);
        IEnumerable<NamedPolicy> cut = (session?.Policies ?? [])
            .Select((p, i) => new NamedPolicy(PolicyType.Session, $"session policy {i + 1}", CompiledPolicy.Of(p)));
        lock (account.Gate)
        {
            return HolderOf(longTerm, account, session) is { } holder ? [.. NamedOf(holder, account), .. cut] : [.. cut];
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

    /// <summary>Every role and user of every account, as one who calls with nothing but these policies. The roles of AWS's services are
    /// left out.</summary>
    public IReadOnlyList<StandingPrincipal> Standing()
    {
        List<StandingPrincipal> all = [];
        foreach (IamAccount account in iam.Accounts.Select(a => a.Seen))
        {
            lock (account.Gate)
                all.AddRange(account.Holders.Where(h => h is User or Role { IsServiceLinked: false }).Select(h => Standing(account, h)));
        }
        return all;
    }

    private StandingPrincipal Standing(IamAccount account, PolicyHolder holder)
    {
        RequestContext context =
            Requests.Context(iam.Now).With("aws:PrincipalAccount", account.AccountId).With("aws:PrincipalArn", holder.Arn)
            .With("aws:PrincipalIsAWSService", "false").With("aws:PrincipalType", TypeOf(holder, null));
        if (holder is User user) context.With("aws:username", user.Name);
        foreach ((string key, string value) in holder.Tags) context.With("aws:PrincipalTag/" + key, value);
        return new(holder.Arn, PrincipalOf(holder, account), NamedOf(holder, account), context);
    }

    private static RequestPrincipal PrincipalOf(PolicyHolder holder, IamAccount account) => new()
    {
        Arn = holder.Arn, AccountId = account.AccountId, RoleArn = holder is Role ? holder.Arn : null,
        Identity = [.. account.PoliciesOf(holder).Select(p => CompiledPolicy.Of(p.Document))], Boundary = BoundaryOf(holder, account),
    };

    private static IReadOnlyList<NamedPolicy> NamedOf(PolicyHolder holder, IamAccount account) =>
    [
        .. account.PoliciesOf(holder).Select(p =>
            new NamedPolicy(PolicyType.Identity, $"policy '{p.Name}' of {p.Holder.GetType().Name.ToLowerInvariant()} '{p.Holder.Name}'",
                CompiledPolicy.Of(p.Document))),
        .. (BoundaryOf(holder, account) ?? [])
            .Select(p => new NamedPolicy(PolicyType.Boundary, $"permissions boundary '{holder.PermissionsBoundary}'", p)),
    ];

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

/// <summary>A role or user outside any call.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Principal">As one who asks.</param>
/// <param name="Policies">Its policies by name.</param>
/// <param name="Context">What conditions can look at.</param>
internal sealed record StandingPrincipal(
    string Arn, RequestPrincipal Principal, IReadOnlyList<NamedPolicy> Policies, RequestContext Context);
