using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>
/// A lifecycle policy that ECR accepts: 1 to 50 rules, sorted by priority, of 100 to 30,720 characters. Two policies are equal when
/// their canonical texts are, however they were written.
/// </summary>
public sealed class LifecyclePolicy : IEquatable<LifecyclePolicy>
{
    /// <summary>The fewest characters that ECR accepts.</summary>
    public const int MinLength = 100;

    /// <summary>The most characters that ECR accepts, white space counted.</summary>
    public const int MaxLength = 30_720;

    private LifecyclePolicy(IReadOnlyList<LifecycleRule> rules, string text) => (Rules, Text) = (rules, text);

    /// <summary>The rules, in the order in which ECR applies them.</summary>
    public IReadOnlyList<LifecycleRule> Rules { get; }

    /// <summary>The policy as ECR accepts it: one line, rules by priority, members in AWS's order, defaults left out.</summary>
    public string Text { get; }

    /// <summary>Reads a policy and checks it against every rule of ECR.</summary>
    /// <param name="text">The JSON text.</param>
    /// <exception cref="PizzaException"><c>InvalidLifecyclePolicy</c>: lists all problems, each with the rule at fault.</exception>
    public static LifecyclePolicy Parse(string text)
    {
        LifecycleReader read = LifecycleReader.Read(text);
        return Create(read.Rules, read.Problems, read.Malformed);
    }

    /// <summary>Makes a policy of rules; a rule with priority 0 gets the next free number, an <c>any</c> rule comes last.</summary>
    /// <param name="rules">The rules, in the order in which they are to be applied.</param>
    /// <exception cref="PizzaException"><c>InvalidLifecyclePolicy</c>: lists all problems, each with the rule at fault.</exception>
    public static LifecyclePolicy Of(params IEnumerable<LifecycleRule> rules) => Merge(null, rules);

    /// <summary>
    /// Adds rules to a policy. A rule for the same images as one that is there replaces it, every other one stays; numbers change only
    /// where two rules would share one, or an <c>any</c> rule would not be the last of its storage class.
    /// </summary>
    /// <param name="current">The policy in force; null when there is none.</param>
    /// <param name="rules">The new rules. One with a priority goes there, and pushes what is in its place down.</param>
    /// <param name="keepDescriptions">Whether a rule that means the same as one that is there leaves that one's description alone.</param>
    /// <exception cref="PizzaException"><c>InvalidLifecyclePolicy</c>: lists all problems, each with the rule at fault.</exception>
    public static LifecyclePolicy Merge(LifecyclePolicy? current, IEnumerable<LifecycleRule> rules, bool keepDescriptions = false) =>
        Create(LifecycleMerge.Of(current?.Rules ?? [], [.. rules], keepDescriptions));

    /// <summary>The policy without some of its rules; the others keep their numbers. Null when none would be left: ECR accepts no policy
    /// without rules.</summary>
    /// <param name="isGone">Which rules go.</param>
    public LifecyclePolicy? Without(Func<LifecycleRule, bool> isGone) =>
        Rules.Where(r => !isGone(r)).ToArray() is { Length: > 0 } left ? Create(left) : null;

    /// <inheritdoc/>
    public bool Equals(LifecyclePolicy? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LifecyclePolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text.</summary>
    public override string ToString() => Text;

    private static LifecyclePolicy Create(
        IEnumerable<LifecycleRule> rules, IEnumerable<string>? problemsOfForm = null, IReadOnlySet<int>? malformed = null)
    {
        LifecycleRule[] all = [.. rules];
        LifecycleRule[] sorted = [.. all.OrderBy(r => r.Priority)];
        string text = Serialize(sorted);
        string[] problems = [.. problemsOfForm ?? [], .. LifecycleChecks.Problems(all, text.Length, malformed ?? new HashSet<int>())];
        return problems.Length == 0 ? new(sorted, text) : throw LifecycleChecks.Invalid(problems);
    }

    private static string Serialize(IEnumerable<LifecycleRule> rules)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("rules");
            foreach (LifecycleRule rule in rules) Write(json, rule);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, LifecycleRule rule)
    {
        json.WriteStartObject();
        json.WriteNumber("rulePriority", rule.Priority);
        if (rule.Description is not null) json.WriteString("description", rule.Description);
        json.WriteStartObject("selection");
        json.WriteString("tagStatus", rule.TagStatus);
        WriteList(json, "tagPatternList", rule.TagPattern);
        WriteList(json, "tagPrefixList", rule.TagPrefix);
        if (rule.StorageClass is not (null or "standard")) json.WriteString("storageClass", rule.StorageClass);
        json.WriteString("countType", rule.CountType);
        if (rule.CountUnit is not null) json.WriteString("countUnit", rule.CountUnit);
        json.WriteNumber("countNumber", rule.CountNumber);
        json.WriteEndObject();
        json.WriteStartObject("action");
        json.WriteString("type", rule.Action);
        if (rule.TargetStorageClass is not null) json.WriteString("targetStorageClass", rule.TargetStorageClass);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Sorted, because all entries of a list must match and their order says nothing.</summary>
    private static void WriteList(Utf8JsonWriter json, string name, ValueList<string> entries)
    {
        if (entries.Length == 0) return;
        json.WriteStartArray(name);
        foreach (string entry in entries.Order(StringComparer.Ordinal)) json.WriteStringValue(entry);
        json.WriteEndArray();
    }
}
