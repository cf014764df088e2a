using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Knows the policies of callers. Whoever asks holds <see cref="IamAccount.Gate"/>.</summary>
internal sealed class Principals(StsWorld sts)
{
    /// <summary>Who calls, with the policies of the role whose credentials he has, as they are now; null when that role is gone.</summary>
    public RequestPrincipal? Of(Caller caller)
    {
        Identity who = sts.Sessions.Identify(caller);
        IamAccount account = sts.Account;
        if (sts.Sessions.Of(caller) is not { } session)
            return RequestPrincipal.Root(account.Partition, caller.AccountId ?? account.AccountId) with { Arn = who.Arn };
        if (account.Roles.GetValueOrDefault(session.RoleName) is not { } role) return null;
        return new()
        {
            Arn = who.Arn, AccountId = account.AccountId, RoleArn = role.Arn,
            Identity = [.. role.Inline.Values.Concat(role.Attached.Select(p => p.Default.Document)).Select(CompiledPolicy.Of)],
            Boundary = role.PermissionsBoundary is { } boundary ? [.. account.FindPolicy(boundary) is { } policy ? [CompiledPolicy.Of(policy.Default.Document)] : Array.Empty<CompiledPolicy>()] : null,
            Session = session.Policies.Count > 0 ? [.. session.Policies.Select(CompiledPolicy.Of)] : null,
        };
    }

    /// <summary>What the caller brings for conditions to look at.</summary>
    public RequestContext Context(Caller caller)
    {
        RequestContext context = Requests.Context(sts.Account.Now).With("aws:PrincipalAccount", caller.AccountId ?? sts.Account.AccountId).With("aws:RequestedRegion", caller.Region);
        Identity who = sts.Sessions.Identify(caller);
        context.With("aws:userid", who.UserId);
        if (sts.Sessions.Of(caller) is not { } session) return context.With("aws:PrincipalArn", who.Arn);
        context.With("aws:PrincipalType", "AssumedRole");
        if (sts.Account.Roles.GetValueOrDefault(session.RoleName) is not { } role) return context;
        context.With("aws:PrincipalArn", role.Arn);
        foreach ((string key, string value) in role.Tags) context.With("aws:PrincipalTag/" + key, value);
        return context;
    }
}
