using System.Collections.Concurrent;
using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>A stored policy, read once and kept by its text, ready to be evaluated against many requests.</summary>
internal sealed class CompiledPolicy
{
    private const int MostKept = 1000;
    private static readonly ConcurrentDictionary<string, CompiledPolicy> s_kept = new(StringComparer.Ordinal);

    private CompiledPolicy(IReadOnlyList<CompiledStatement> statements) => Statements = statements;

    public IReadOnlyList<CompiledStatement> Statements { get; }

    /// <summary>The policy of a document that IAM stores. What IAM would not have stored stands for nothing.</summary>
    public static CompiledPolicy Of(string document)
    {
        if (s_kept.TryGetValue(document, out CompiledPolicy? policy)) return policy;
        if (s_kept.Count >= MostKept) s_kept.Clear();   // documents change; what is still in use comes back
        return s_kept[document] = Read(document);
    }

    private static CompiledPolicy Read(string document)
    {
        Dictionary<string, JsonElement> policy = PolicyJson.Parse(document)!;
        // Older policies know no variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
        bool variables = policy.TryGetValue("Version", out JsonElement version)
            && version.ValueKind == JsonValueKind.String && version.ValueEquals("2012-10-17");
        return new(
            [.. PolicyJson.Items(policy["Statement"])
                .Select((s, i) => new CompiledStatement(PolicyJson.Members(s) ?? [], i + 1, variables))]);
    }
}
