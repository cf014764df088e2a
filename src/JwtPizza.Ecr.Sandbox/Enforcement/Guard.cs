using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.Sts;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>
/// Holds every request against the policies of who makes it, as AWS does:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
/// Long-term keys are the administrator's, who may do everything.
/// </summary>
internal sealed class Guard(StsWorld sts)
{
    /// <summary>Why a caller may not do what needs this, in AWS's sentence; null when he may.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="action">The action's name, for a caller whose session is not known.</param>
    /// <param name="needs">Every permission that the request needs. Asked for callers with temporary credentials alone.</param>
    public string? Refusal(Caller caller, string action, Func<IEnumerable<Need>> needs)
    {
        if (!Sessions.IsTemporary(caller)) return null;
        if (sts.Sessions.Of(caller) is not { } session) return $"User: {caller.AccessKey} is not authorized to perform: {action} because its session is over";
        foreach (Need need in needs())
            if (Objection(session, caller, need) is { } why)
                return $"User: {session.Identity.Arn} is not authorized to perform: {need.Action} on resource: {need.Resource} {why}";
        return null;
    }

    private string? Objection(Session session, Caller caller, Need need)
    {
        IamAccount account = sts.Account;
        List<JudgedStatement> shared = ResourcePolicies(need);
        RequestContext context = Context(caller, need);
        lock (account.Gate)
        {
            if (account.Roles.GetValueOrDefault(session.RoleName) is not { } role) return Lacking("identity-based policy", need);
            context.With("aws:PrincipalArn", role.Arn).With("aws:userid", session.Identity.UserId);
            foreach ((string key, string value) in role.Tags) context.With("aws:PrincipalTag/" + key, value);
            Judgement own = Judgement.Of(Permissions.Documents(role), need.Action, need.Resource, context);
            Judgement? cut = session.Policies.Count == 0 ? null : Judgement.Of(session.Policies, need.Action, need.Resource, context);
            Judgement? boundary = role.PermissionsBoundary is not { } arn ? null
                : Judgement.Of(account.FindPolicy(arn) is { } policy ? [policy.Default.Document] : [], need.Action, need.Resource, context);
            return new Evaluation(session.Identity.Arn, role.Arn, account, need, context).Objection(own, boundary, cut, shared);
        }
    }

    internal static string Lacking(string kind, Need need) => $"because no {kind} allows the {need.Action} action";

    private RequestContext Context(Caller caller, Need need)
    {
        RequestContext context = Requests.Context(sts.Account.Now)
            .With("aws:PrincipalAccount", sts.Account.AccountId).With("aws:PrincipalType", "AssumedRole").With("aws:RequestedRegion", caller.Region)
            .With("aws:ResourceAccount", need.Registry?.RegistryId ?? sts.Account.AccountId);
        foreach ((string key, string[] values) in need.Context) context.With(key, values);
        if (need is not { Registry: { } registry, Repository: { } name }) return context;
        lock (registry.Gate)
            foreach ((string key, string value) in registry.Repositories.GetValueOrDefault(name)?.ResourceTags ?? [])
                context.With("aws:ResourceTag/" + key, value).With($"{registry.Service}:ResourceTag/{key}", value);
        return context;
    }

    private static List<JudgedStatement> ResourcePolicies(Need need)
    {
        if (need.Registry is not { } registry) return [];
        lock (registry.Gate)
        {
            ResourcePolicy? ofRepository = need.Repository is { } name ? registry.Repositories.GetValueOrDefault(name)?.Policy : null;
            return [.. new[] { ofRepository, registry.Policy }.OfType<ResourcePolicy>().SelectMany(p => JudgedStatement.Of(p.Text))];
        }
    }
}
