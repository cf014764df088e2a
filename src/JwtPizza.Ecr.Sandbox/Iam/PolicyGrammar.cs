using System.Text.Json;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Where an identity policy is kept.</summary>
internal enum PolicyKind { Managed, Inline }

/// <summary>What IAM refuses in the policies of identities (managed and inline), in its words and its order.</summary>
internal static partial class PolicyGrammar
{
    private static readonly HashSet<string> s_top = ["Version", "Id", "Statement"];
    private static readonly HashSet<string> s_statement = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    private static readonly string[] s_lists = ["Action", "NotAction", "Resource", "NotResource"];

    /// <summary>Checks a document that is about to be stored.</summary>
    /// <exception cref="ApiError">MalformedPolicyDocument.</exception>
    public static void Check(string document, PolicyKind kind)
    {
        if (PolicyJson.Parse(document) is not { } policy || Statements(policy) is not { } statements) throw IamErrors.Malformed("Syntax errors in policy.");
        if (kind == PolicyKind.Managed && !(policy.TryGetValue("Version", out JsonElement version) && version.ValueEquals("2012-10-17")))
            throw IamErrors.Malformed("Policy document must be version 2012-10-17 or greater.");
        if (statements.Exists(s => Effect(s) is not ("Allow" or "Deny"))) throw IamErrors.Malformed("The policy failed legacy parsing");
        if (statements.Exists(s => s.ContainsKey("Principal") || s.ContainsKey("NotPrincipal"))) throw IamErrors.Malformed("Policy document should not specify a principal.");
        CheckSids(statements);
        foreach (Dictionary<string, JsonElement> statement in statements) CheckActions(statement);
        foreach (Dictionary<string, JsonElement> statement in statements) CheckResources(statement);
    }

    /// <summary>The statements, when the document's form is one that IAM can read at all.</summary>
    private static List<Dictionary<string, JsonElement>>? Statements(Dictionary<string, JsonElement> policy)
    {
        if (!policy.Keys.All(s_top.Contains) || !policy.TryGetValue("Statement", out JsonElement list)) return null;
        if (policy.TryGetValue("Version", out JsonElement version) && PolicyJson.Texts(version) is not ["2008-10-17" or "2012-10-17"]) return null;
        if (policy.TryGetValue("Id", out JsonElement id) && id.ValueKind != JsonValueKind.String) return null;
        IReadOnlyList<JsonElement> items = PolicyJson.Items(list);
        List<Dictionary<string, JsonElement>> statements = [.. items.Select(PolicyJson.Members).OfType<Dictionary<string, JsonElement>>().Where(IsReadable)];
        return statements.Count > 0 && statements.Count == items.Count ? statements : null;
    }

    private static bool IsReadable(Dictionary<string, JsonElement> statement) =>
        statement.Keys.All(s_statement.Contains)
        && Effect(statement) is { } effect && (effect.Equals("Allow", StringComparison.OrdinalIgnoreCase) || effect.Equals("Deny", StringComparison.OrdinalIgnoreCase))
        && s_lists.All(l => !statement.TryGetValue(l, out JsonElement list) || PolicyJson.Texts(list) is not null)
        && !(statement.ContainsKey("Action") && statement.ContainsKey("NotAction"))
        && !(statement.ContainsKey("Resource") && statement.ContainsKey("NotResource"))
        && (!statement.TryGetValue("Sid", out JsonElement sid) || sid.ValueKind == JsonValueKind.String)
        && (!statement.TryGetValue("Condition", out JsonElement condition) || ConditionShape.IsSound(condition));

    private static string? Effect(Dictionary<string, JsonElement> statement) =>
        statement.TryGetValue("Effect", out JsonElement effect) && PolicyJson.Texts(effect) is [var text] ? text : null;

    private static void CheckSids(List<Dictionary<string, JsonElement>> statements)
    {
        List<string> sids = [.. statements.Select(s => s.TryGetValue("Sid", out JsonElement sid) ? PolicyJson.Texts(sid)?[0] ?? "?" : "").Where(s => s.Length > 0)];
        if (sids.Exists(s => !SidPattern().IsMatch(s)))
            throw IamErrors.Malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
        if (sids.Distinct(StringComparer.Ordinal).Count() < sids.Count) throw IamErrors.Malformed("Statement IDs (SID) in a single policy must be unique.");
    }

    private static void CheckActions(Dictionary<string, JsonElement> statement)
    {
        if (Texts(statement, "Action", "NotAction") is not { Count: > 0 } actions) throw IamErrors.Malformed("Policy statement must contain actions.");
        foreach (string[] parts in actions.Where(a => a != "*").Select(a => a.Split(':')))
        {
            if (parts.Length == 1) throw IamErrors.Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
            if (parts.Length > 2) throw IamErrors.Malformed("Actions/Condition can contain only one colon.");
            if (!VendorPattern().IsMatch(parts[0])) throw IamErrors.Malformed($"Vendor {parts[0]} is not valid");
        }
    }

    private static void CheckResources(Dictionary<string, JsonElement> statement)
    {
        if (Texts(statement, "Resource", "NotResource") is not { Count: > 0 } resources) throw IamErrors.Malformed("Policy statement must contain resources.");
        foreach (string resource in resources.Where(r => r != "*"))
        {
            if (!Arn.IsMeant(resource)) throw IamErrors.Malformed($"Resource {resource} must be in ARN format or \"*\".");
            string[] parts = resource.Split(':', 6);
            if (parts[1] != "*" && Partition.Named(parts[1]) is null)
                throw IamErrors.Malformed($"Partition \"{parts[1]}\" is not valid for resource \"{string.Join(':', parts.Concat(Enumerable.Repeat("*", 6 - parts.Length)))}\".");
            if (parts.Length < 6 && !resource.Contains('*', StringComparison.Ordinal)) throw IamErrors.Malformed("The policy failed legacy parsing");
        }
    }

    private static IReadOnlyList<string>? Texts(Dictionary<string, JsonElement> statement, string name, string opposite) =>
        statement.TryGetValue(name, out JsonElement list) || statement.TryGetValue(opposite, out list) ? PolicyJson.Texts(list) : null;

    [GeneratedRegex(@"\A[0-9A-Za-z]*\z")]
    private static partial Regex SidPattern();

    [GeneratedRegex(@"\A(\*|[a-zA-Z0-9\-.]+)\z")]
    private static partial Regex VendorPattern();
}
