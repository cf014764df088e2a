using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The rules of the pull-through cache.</summary>
internal static class PullThroughOperations
{
    private const int RuleLimit = 50, PrefixLimit = 100;

    private static readonly string[] s_created = ["ecrRepositoryPrefix", "upstreamRegistryUrl", "createdAt", "registryId",
        "upstreamRegistry", "credentialArn", "customRoleArn", "upstreamRepositoryPrefix"];
    private static readonly string[] s_described = [.. s_created, "updatedAt"], s_deleted = [.. s_created.Except(["upstreamRegistry"])];
    private static readonly string[] s_updated =
        ["ecrRepositoryPrefix", "registryId", "updatedAt", "credentialArn", "customRoleArn", "upstreamRepositoryPrefix"];
    private static readonly string[] s_validated =
        ["ecrRepositoryPrefix", "registryId", "upstreamRegistryUrl", "credentialArn", "customRoleArn", "upstreamRepositoryPrefix"];

    public static JsonObject Create(EcrCall call)
    {
        PullThroughRule rule = PullThroughRule.Read(call.Input, call.Registry, call.World.Clock.GetUtcNow());
        IReadOnlyList<PullThroughRule> rules = call.Registry.Settings.PullThrough;
        if (rules.Any(r => r.Prefix == rule.Prefix))
            throw new ApiError("PullThroughCacheRuleAlreadyExistsException",
                $"A pull through cache rule with the prefix '{rule.Prefix}' already exists in the registry with id " +
                $"'{call.Registry.RegistryId}'");
        if (rules.Count == RuleLimit)
            throw new ApiError("LimitExceededException",
                $"The registry with id '{call.Registry.RegistryId}' has {RuleLimit} pull through cache rules, and no more are allowed");
        call.Registry.Settings =
            call.Registry.Settings with { PullThrough = [.. rules.Append(rule).OrderBy(r => r.Prefix, StringComparer.Ordinal)] };
        return rule.Json(call.Registry.RegistryId, s_created);
    }

    public static JsonObject Describe(EcrCall call)
    {
        IReadOnlyList<PullThroughRule> rules = call.Registry.Settings.PullThrough;
        if (call.Input.Texts("ecrRepositoryPrefixes", 1, PrefixLimit) is { } prefixes)
            return Answer.Of(
                ("pullThroughCacheRules", prefixes.Select(p => Find(call, p).Json(call.Registry.RegistryId, s_described)).Array()));
        Page<PullThroughRule> page = Page.Of(rules, call, r => r.Prefix);
        return Answer.Of(("pullThroughCacheRules", page.Items.Select(r => r.Json(call.Registry.RegistryId, s_described)).Array()),
            ("nextToken", page.NextToken));
    }

    public static JsonObject Update(EcrCall call)
    {
        PullThroughRule old = Find(call, call.Input.RequiredText("ecrRepositoryPrefix"));
        PullThroughRule updated = old with
        {
            CredentialArn = PullThroughRule.CheckCredential(call.Input.Text("credentialArn")) ?? old.CredentialArn,
            CustomRoleArn = call.Input.Text("customRoleArn") ?? old.CustomRoleArn,
            UpdatedAt = call.World.Clock.GetUtcNow(),
        };
        call.Registry.Settings =
            call.Registry.Settings with { PullThrough = [.. call.Registry.Settings.PullThrough.Select(r => r == old ? updated : r)] };
        return updated.Json(call.Registry.RegistryId, s_updated);
    }

    public static JsonObject Delete(EcrCall call)
    {
        PullThroughRule gone = Find(call, call.Input.RequiredText("ecrRepositoryPrefix"));
        call.Registry.Settings =
            call.Registry.Settings with { PullThrough = [.. call.Registry.Settings.PullThrough.Where(r => r != gone)] };
        return gone.Json(call.Registry.RegistryId, s_deleted);
    }

    /// <summary>Whether the upstream can be reached, tried out.</summary>
    public static async Task<JsonObject> ValidateAsync(EcrCall call, CancellationToken cancellationToken)
    {
        PullThroughRule rule = call.Registry.Run(() => Find(call, call.Input.RequiredText("ecrRepositoryPrefix")), writes: false);
        JsonObject answer = rule.Json(call.Registry.RegistryId, s_validated);
        string? failure = await Upstream.Of(rule, call.World).FailureAsync(cancellationToken).ConfigureAwait(false);
        answer["isValid"] = failure is null;
        if (failure is not null) answer["failure"] = failure;
        return answer;
    }

    private static PullThroughRule Find(EcrCall call, string prefix) =>
        call.Registry.Settings.PullThrough.FirstOrDefault(r => r.Prefix == PullThroughRule.PrefixIn(prefix)) ?? throw new ApiError(
            "PullThroughCacheRuleNotFoundException",
            $"The pull through cache rule with the prefix '{prefix}' does not exist in the registry with id '{call.Registry.RegistryId}'");
}
