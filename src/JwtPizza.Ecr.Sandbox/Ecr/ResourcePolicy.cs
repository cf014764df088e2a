using System.Text.Json;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The policy of a repository or of a registry: who else may do what with it.</summary>
internal sealed class ResourcePolicy
{
    private const int MaxLength = 10_240;
    private readonly IReadOnlyList<Dictionary<string, JsonElement>> _statements;

    private ResourcePolicy(string text, IReadOnlyList<Dictionary<string, JsonElement>> statements) => (Text, _statements) = (text, statements);

    public string Text { get; }

    /// <summary>Reads a policy that is about to be stored.</summary>
    /// <param name="text">The document.</param>
    /// <param name="of"><c>repository</c> or <c>registry</c>. Only the latter's statements name resources.</param>
    /// <param name="service">Whose actions it is about: <see cref="EcrRegistry.Service"/>.</param>
    public static ResourcePolicy Parse(string text, string of, string service)
    {
        if (text.Length > MaxLength) throw JsonArguments.Invalid("PolicyText", $"Member must have length less than or equal to {MaxLength}");
        List<Dictionary<string, JsonElement>?> statements = PolicyJson.Parse(text) is { } policy && policy.TryGetValue("Statement", out JsonElement list)
            ? [.. PolicyJson.Items(list).Select(PolicyJson.Members)]
            : [];
        return statements.Count > 0 && statements.TrueForAll(s => s is not null && IsLegal(s, of == "registry", service))
            ? new(text, statements!)
            : throw JsonArguments.Invalid("PolicyText", $"Invalid {of} policy provided");
    }

    /// <summary>Whether the policy lets another account do this.</summary>
    public bool Allows(string account, string action, string resource)
    {
        RequestContext context = new RequestContext().With("aws:PrincipalAccount", account).With("aws:SourceAccount", account);
        bool Speaks(Dictionary<string, JsonElement> s) =>
            Names(s, account) && Matches(s, "Action", action, true, context) && (!s.ContainsKey("Resource") || Matches(s, "Resource", resource, false, context));
        List<string?> effects = [.. _statements.Where(Speaks).Select(s => s["Effect"].GetString())];
        return effects.Contains("Allow") && !effects.Contains("Deny");
    }

    private static bool IsLegal(Dictionary<string, JsonElement> statement, bool namesResources, string service) =>
        statement.TryGetValue("Effect", out JsonElement effect) && PolicyJson.Texts(effect) is ["Allow" or "Deny"]
        && statement.TryGetValue("Principal", out JsonElement principal) && PrincipalsOf(principal) is { Count: > 0 }
        && statement.TryGetValue("Action", out JsonElement actions) && PolicyJson.Texts(actions) is { Count: > 0 } names
        && names.All(a => a == "*" || a.StartsWith(service + ":", StringComparison.OrdinalIgnoreCase))
        && (!statement.TryGetValue("Resource", out JsonElement resources) ? !namesResources : namesResources && PolicyJson.Texts(resources) is { Count: > 0 })
        && (!statement.TryGetValue("Condition", out JsonElement condition) || ConditionShape.IsSound(condition));

    private static List<string>? PrincipalsOf(JsonElement principal)
    {
        if (principal.ValueKind == JsonValueKind.String) return principal.ValueEquals("*") ? ["*"] : null;
        if (PolicyJson.Members(principal) is not { } kinds) return null;
        return kinds.Keys.All(k => k is "AWS" or "Service" or "Federated") && kinds.Values.All(v => PolicyJson.Texts(v) is not null)
            ? [.. kinds.Values.SelectMany(v => PolicyJson.Texts(v)!)]
            : null;
    }

    private static bool Names(Dictionary<string, JsonElement> statement, string account) =>
        PrincipalsOf(statement["Principal"])!.Exists(p => p == "*" || p == account || (Arn.TryParse(p, out Arn? arn) && arn is { Service: "iam", Resource: "root" } && arn.AccountId == account));

    private static bool Matches(Dictionary<string, JsonElement> statement, string element, string text, bool ignoreCase, RequestContext context) =>
        PolicyJson.Texts(statement[element])!.Any(p => context.Pattern(p, wild: true, ignoreCase)?.IsMatch(text) ?? false);
}
