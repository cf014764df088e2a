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
    private static readonly HashSet<string> s_statement =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    private static readonly string[] s_lists = ["Action", "NotAction", "Resource", "NotResource"];

    /// <summary>Checks a document that is about to be stored.</summary>
    /// <exception cref="ApiError">MalformedPolicyDocument.</exception>
    public static void Check(string document, PolicyKind kind)
    {
        if (PolicyJson.Parse(document) is not { } policy || Statements(policy) is not { } statements)
            throw IamErrors.Malformed("Syntax errors in policy.");
        if (kind == PolicyKind.Managed && !(policy.TryGetValue("Version", out JsonElement version) && version.ValueEquals("2012-10-17")))
            throw IamErrors.Malformed("Policy document must be version 2012-10-17 or greater.");
        if (statements.Exists(s => Effect(s) is not ("Allow" or "Deny")) || !statements.TrueForAll(PolicyDates.AreSound)) throw Legacy();
        string? complaint = statements.Select(PolicyResources.Complaint).FirstOrDefault(c => c is not null);
        if (complaint is null && !statements.TrueForAll(PolicyResources.ParseAsLegacy)) throw Legacy();
        if (statements.Exists(s => s.ContainsKey("Principal") || s.ContainsKey("NotPrincipal")))
            throw IamErrors.Malformed("Policy document should not specify a principal.");
        CheckSids(statements);
        if (statements.Exists(s => Texts(s, "Action", "NotAction") is not { Count: > 0 }))
            throw IamErrors.Malformed("Policy statement must contain actions.");
        if (statements.Exists(s => Texts(s, "Resource", "NotResource") is not { Count: > 0 }))
            throw IamErrors.Malformed("Policy statement must contain resources.");
        if (complaint is not null) throw IamErrors.Malformed(complaint);
        foreach (Dictionary<string, JsonElement> statement in statements) CheckActions(statement);
    }

    private static ApiError Legacy() => IamErrors.Malformed("The policy failed legacy parsing");

    /// <summary>The statements, when the document's form is one that IAM can read at all.</summary>
    private static List<Dictionary<string, JsonElement>>? Statements(Dictionary<string, JsonElement> policy)
    {
        if (!policy.Keys.All(s_top.Contains) || !policy.TryGetValue("Statement", out JsonElement list)) return null;
        if (policy.TryGetValue("Version", out JsonElement version) && PolicyJson.Texts(version) is not ["2008-10-17" or "2012-10-17"])
            return null;
        if (policy.TryGetValue("Id", out JsonElement id) && id.ValueKind != JsonValueKind.String) return null;
        IReadOnlyList<JsonElement> items = PolicyJson.Items(list);
        List<Dictionary<string, JsonElement>> statements =
            [.. items.Select(PolicyJson.Members).OfType<Dictionary<string, JsonElement>>().Where(IsReadable)];
        return statements.Count > 0 && statements.Count == items.Count ? statements : null;
    }

    private static bool IsReadable(Dictionary<string, JsonElement> statement) =>
        statement.Keys.All(s_statement.Contains)
        && Effect(statement) is { } effect
        && (effect.Equals("Allow", StringComparison.OrdinalIgnoreCase) || effect.Equals("Deny", StringComparison.OrdinalIgnoreCase))
        && s_lists.All(l => !statement.TryGetValue(l, out JsonElement list) || PolicyJson.Texts(list) is not null)
        && !(statement.ContainsKey("Action") && statement.ContainsKey("NotAction"))
        && !(statement.ContainsKey("Resource") && statement.ContainsKey("NotResource"))
        && (!statement.TryGetValue("Sid", out JsonElement sid) || sid.ValueKind == JsonValueKind.String)
        && (!statement.TryGetValue("Condition", out JsonElement condition) || ConditionShape.IsSound(condition, emptyLists: true));

    private static string? Effect(Dictionary<string, JsonElement> statement) =>
        statement.TryGetValue("Effect", out JsonElement effect) && PolicyJson.Texts(effect) is [var text] ? text : null;

    private static void CheckSids(List<Dictionary<string, JsonElement>> statements)
    {
        List<string> sids = [.. statements.Select(s => s.TryGetValue("Sid", out JsonElement sid) ? PolicyJson.Texts(sid)?[0] ?? "?" : "")
            .Where(s => s.Length > 0)];
        if (sids.Exists(s => !SidPattern().IsMatch(s)))
            throw IamErrors.Malformed(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
        if (sids.Distinct(StringComparer.Ordinal).Count() < sids.Count)
            throw IamErrors.Malformed("Statement IDs (SID) in a single policy must be unique.");
    }

    private static void CheckActions(Dictionary<string, JsonElement> statement)
    {
        foreach (string[] parts in Texts(statement, "Action", "NotAction")!.Where(a => a != "*").Select(a => a.Split(':')))
        {
            if (parts.Length == 1) throw IamErrors.Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
            if (parts.Length > 2) throw IamErrors.Malformed("Actions/Condition can contain only one colon.");
            if (!VendorPattern().IsMatch(parts[0])) throw IamErrors.Malformed($"Vendor {parts[0]} is not valid");
        }
    }

    private static IReadOnlyList<string>? Texts(Dictionary<string, JsonElement> statement, string name, string opposite) =>
        statement.TryGetValue(name, out JsonElement list) || statement.TryGetValue(opposite, out list) ? PolicyJson.Texts(list) : null;

    [GeneratedRegex(@"\A[0-9A-Za-z]*\z")]
    private static partial Regex SidPattern();

    [GeneratedRegex(@"\A(\*|[a-zA-Z0-9\-.]+)\z")]
    private static partial Regex VendorPattern();
}
