using System.Text.Json;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The policy of a repository or of a registry: who else may do what with it.</summary>
internal sealed class ResourcePolicy
{
    private const int MaxLength = 10_240;

    private ResourcePolicy(string text) => Text = text;

    public string Text { get; }

    /// <summary>The same, to be evaluated.</summary>
    public CompiledPolicy Policy => CompiledPolicy.Of(Text);

    /// <summary>All actions that its statements name.</summary>
    public IEnumerable<string> Actions =>
        PolicyJson.Items(PolicyJson.Parse(Text)!["Statement"]).Select(PolicyJson.Members).SelectMany(s => PolicyJson.Texts(s!["Action"])!);

    /// <summary>Reads a policy that is about to be stored.</summary>
    /// <param name="text">The document.</param>
    /// <param name="of"><c>repository</c> or <c>registry</c>. Only the latter's statements name resources.</param>
    /// <param name="service">Whose actions it is about: <see cref="EcrRegistry.Service"/>.</param>
    public static ResourcePolicy Parse(string text, string of, string service)
    {
        if (text.Length > MaxLength)
            throw JsonArguments.Invalid("PolicyText", $"Member must have length less than or equal to {MaxLength}");
        List<Dictionary<string, JsonElement>?> statements =
            PolicyJson.Parse(text) is { } policy && policy.TryGetValue("Statement", out JsonElement list)
            ? [.. PolicyJson.Items(list).Select(PolicyJson.Members)]
            : [];
        return statements.Count > 0 && statements.TrueForAll(s => s is not null && IsLegal(s, of == "registry", service))
            ? new(text)
            : throw JsonArguments.Invalid("PolicyText", $"Invalid {of} policy provided");
    }

    /// <summary>Whom of AWS it names.</summary>
    public IEnumerable<string> Principals => Policy.Statements.SelectMany(s => s.Callers);

    /// <summary>Whether the policy lets another account do this.</summary>
    public bool Allows(string account, string action, string resource)
    {
        RequestContext context = new RequestContext().With("aws:PrincipalAccount", account).With("aws:SourceAccount", account);
        RequestPrincipal root = RequestPrincipal.Root("aws", account);
        return AccessDecision.Of(root, new(action, resource, context), owner: "", [Policy]).Decision == Decision.Allowed;
    }

    private static bool IsLegal(Dictionary<string, JsonElement> statement, bool namesResources, string service) =>
        statement.TryGetValue("Effect", out JsonElement effect) && PolicyJson.Texts(effect) is ["Allow" or "Deny"]
        && statement.TryGetValue("Principal", out JsonElement principal) && PrincipalsOf(principal) is { Count: > 0 }
        && statement.TryGetValue("Action", out JsonElement actions) && PolicyJson.Texts(actions) is { Count: > 0 } names
        && names.All(a => a == "*" || a.StartsWith(service + ":", StringComparison.OrdinalIgnoreCase)
            || (service == "ecr-public" && a.StartsWith("ecr:", StringComparison.OrdinalIgnoreCase)))
        && (!statement.TryGetValue("Resource", out JsonElement resources)
            ? !namesResources : namesResources && PolicyJson.Texts(resources) is { Count: > 0 })
        && (!statement.TryGetValue("Condition", out JsonElement condition) || ConditionShape.IsSound(condition));

    private static List<string>? PrincipalsOf(JsonElement principal)
    {
        if (principal.ValueKind == JsonValueKind.String) return principal.ValueEquals("*") ? ["*"] : null;
        if (PolicyJson.Members(principal) is not { } kinds) return null;
        return kinds.Keys.All(k => k is "AWS" or "Service" or "Federated") && kinds.Values.All(v => PolicyJson.Texts(v) is not null)
            ? [.. kinds.Values.SelectMany(v => PolicyJson.Texts(v)!)]
            : null;
    }
}
