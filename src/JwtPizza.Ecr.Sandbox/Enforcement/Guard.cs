using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Sts;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>
/// Holds every request against the policies of who makes it and of what it is about, as AWS does:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
/// </summary>
internal sealed class Guard(StsWorld sts)
{
    /// <summary>Why a caller may not do what needs this, in AWS's sentence; null when he may.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="action">The action's name, for a caller whose session is not known.</param>
    /// <param name="needs">Every permission that the request needs.</param>
    public string? Refusal(Caller caller, string action, Func<IEnumerable<Need>> needs)
    {
        if (caller.AccessKey is null) return null;   // what can be asked without credentials needs no permission
        if (Sessions.IsTemporary(caller) && sts.Sessions.Of(caller) is null)
            return $"User: {caller.AccessKey} is not authorized to perform: {action} because its session is over";
        RequestPrincipal? who = sts.Principals.Of(caller);
        foreach (Need need in needs())
        {
            AccessDecision decision = Decide(who, caller, need, PoliciesOf(need));
            if (decision.By is { } type)
                return $"User: {sts.Sessions.Identify(caller).Arn} is not authorized to perform: {need.Action} on resource: " +
                    $"{need.Resource} "
                    + Because(decision.Decision, type, need);
        }
        return null;
    }

    /// <summary>Whether the caller could do it if a repository had another policy.</summary>
    public bool Allows(Caller caller, Need need, ResourcePolicy ofRepository)
    {
        IEnumerable<ResourcePolicy> policies = new[] { ofRepository, need.Registry?.Policy }.OfType<ResourcePolicy>();
        return Decide(sts.Principals.Of(caller), caller, need, [.. policies.Select(p => p.Policy)]).By is null;
    }

    private AccessDecision Decide(RequestPrincipal? who, Caller caller, Need need, IReadOnlyList<CompiledPolicy> ofResource)
    {
        if (who is null) return new(Decision.ImplicitDeny, PolicyType.Identity);
        string owner = need.Registry?.RegistryId ?? who.AccountId;
        return AccessDecision.Of(who, new(need.Action, need.Resource, Context(caller, need, owner)), owner, ofResource);
    }

    /// <summary>The end of AWS's sentence.</summary>
    private static string Because(Decision decision, PolicyType type, Need need)
    {
        string kind = type switch
        {
            PolicyType.Identity => "identity-based policy",
            PolicyType.Boundary => "permissions boundary",
            PolicyType.Session => "session policy",
            _ => "resource-based policy",
        };
        return decision == Decision.ExplicitDeny
            ? $"with an explicit deny in {(type == PolicyType.Identity ? "an" : "a")} {kind}"
            : $"because no {kind} allows the {need.Action} action";
    }

    private RequestContext Context(Caller caller, Need need, string owner)
    {
        RequestContext context = sts.Principals.Context(caller).With("aws:ResourceAccount", owner);
        foreach ((string key, string[] values) in need.Context) context.With(key, values);
        if (need is not { Registry: { } registry, Repository: { } name }) return context;
        foreach ((string key, string value) in registry.Run(() => registry.Repositories.GetValueOrDefault(name)?.ResourceTags)
            ?? new Dictionary<string, string>())
            context.With("aws:ResourceTag/" + key, value).With($"{registry.Service}:ResourceTag/{key}", value);
        return context;
    }

    private static CompiledPolicy[] PoliciesOf(Need need)
    {
        if (need.Registry is not { } registry) return [];
        ResourcePolicy?[] policies =
            registry.Run<ResourcePolicy?[]>(() =>
                [need.Repository is { } name ? registry.Repositories.GetValueOrDefault(name)?.Policy : null, registry.Policy]);
        return [.. policies.OfType<ResourcePolicy>().Select(p => p.Policy)];
    }
}
