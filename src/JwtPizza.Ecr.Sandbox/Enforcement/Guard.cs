using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, byte> _needed = new();

    /// <summary>The IAM actions that requests have needed so far.</summary>
    public IReadOnlyCollection<string> Needed => [.. _needed.Keys];

    /// <summary>Why a caller may not do what needs this; null when he may.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="action">The action's name, for a caller whose session is not known.</param>
    /// <param name="needs">Every permission that the request needs.</param>
    public Refusal? Refusal(Caller caller, string action, Func<IEnumerable<Need>> needs)
    {
        if (caller.AccessKey is null) return null;   // what can be asked without credentials needs no permission
        if (Sessions.IsTemporary(caller) && sts.Sessions.Of(caller) is null)
            return new($"User: {caller.AccessKey} is not authorized to perform: {action} because its session is over",
                new(caller.AccessKey, []));
        RequestPrincipal? who = sts.Principals.Of(caller);
        Need[] all = [.. needs()];
        foreach (Need need in all) _needed.TryAdd(need.Action, 0);
        foreach (Need need in all)
        {
            AccessDecision decision = Decide(who, caller, need, [.. PoliciesOf(need).Select(p => p.Policy)]);
            if (decision.By is not { } type) continue;
            string arn = sts.Sessions.Identify(caller).Arn;
            string sentence =
                $"User: {arn} is not authorized to perform: {need.Action} on resource: {need.Resource} " + Because(decision.Decision, type,
                    need);
            return new(sentence, new(arn, [.. all.Select(n => Explain(who, caller, n))]));
        }
        return null;
    }

    /// <summary>What the policies say about one permission, statement by statement.</summary>
    private ExplainedNeed Explain(RequestPrincipal? who, Caller caller, Need need)
    {
        NamedPolicy[] ofResource = PoliciesOf(need);
        AccessDecision decision = Decide(who, caller, need, [.. ofResource.Select(p => p.Policy)]);
        if (decision.By is not { } type) return new(need.Action, need.Resource, true, null, []);
        if (who is null) return new(need.Action, need.Resource, false, NameOf(type), ["the role or user behind the credentials is gone"]);
        AccessRequest request = new(need.Action, need.Resource, Context(caller, need, need.Registry?.RegistryId ?? who.AccountId));
        return new(need.Action, need.Resource, false, NameOf(type),
            NamedPolicy.Reasons([.. sts.Principals.PoliciesOf(caller), .. ofResource], decision, request, who));
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
        string kind = NameOf(type);
        return decision == Decision.ExplicitDeny
            ? $"with an explicit deny in {(type == PolicyType.Identity ? "an" : "a")} {kind}"
            : $"because no {kind} allows the {need.Action} action";
    }

    /// <summary>What AWS's sentences call a type of policy.</summary>
    public static string NameOf(PolicyType type) => type switch
    {
        PolicyType.Identity => "identity-based policy",
        PolicyType.Boundary => "permissions boundary",
        PolicyType.Session => "session policy",
        _ => "resource-based policy",
    };

    private RequestContext Context(Caller caller, Need need, string owner)
    {
        RequestContext context = sts.Principals.Context(caller).With("aws:ResourceAccount", owner);
        return WithTags(context, need);
    }

    /// <summary>With what the request itself brings, and the tags of the repository.</summary>
    public static RequestContext WithTags(RequestContext context, Need need)
    {
        foreach ((string key, string[] values) in need.Context) context.With(key, values);
        if (need is not { Registry: { } registry, Repository: { } name }) return context;
        foreach ((string key, string value) in registry.Run(() => registry.Repositories.GetValueOrDefault(name)?.ResourceTags)
            ?? new Dictionary<string, string>())
            context.With("aws:ResourceTag/" + key, value).With($"{registry.Service}:ResourceTag/{key}", value);
        return context;
    }

    /// <summary>The policies of what a request is about.</summary>
    public static NamedPolicy[] PoliciesOf(Need need)
    {
        if (need.Registry is not { } registry) return [];
        (ResourcePolicy? ofRepository, ResourcePolicy? ofRegistry) =
            registry.Run(() =>
                (need.Repository is { } name ? registry.Repositories.GetValueOrDefault(name)?.Policy : null, registry.Policy));
        return
        [
            .. ofRepository is null
                ? [] : new[] { new NamedPolicy(PolicyType.Resource, $"policy of the repository '{need.Repository}'", ofRepository.Policy) },
            .. ofRegistry is null
                ? [] : new[] { new NamedPolicy(PolicyType.Resource, $"policy of the registry {registry.RegistryId}", ofRegistry.Policy) },
        ];
    }
}

/// <summary>A refusal: AWS's sentence, and what is behind it.</summary>
internal sealed record Refusal(string Sentence, Explanation Why);
