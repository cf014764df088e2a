using System.Globalization;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// The JSON schema that ECR holds lifecycle policies against before it looks at what they mean, in the sentences of its validator.
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
/// </summary>
internal static class LifecycleSchema
{
    private static readonly string[] s_actions = ["expire", "transition"], s_tagStatuses = ["any", "tagged", "untagged"],
        s_units = ["days"], s_archive = ["archive"], s_storage = ["archive", "standard"];
    private static readonly string[] s_counts = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];

    private sealed class Violation(string message) : Exception(message);

    /// <summary>What ECR says to a policy that does not fit; null when it fits.</summary>
    public static string? Complaint(string policy)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(policy);
            Check(json.RootElement);
            return null;
        }
        catch (Violation e) { return e.Message; }
        catch (JsonException) { return Unmapped; }
    }

    private const string Unmapped = "Could not map policyString into LifecyclePolicy.";

    private static void Check(JsonElement policy)
    {
        if (policy.ValueKind != JsonValueKind.Object) throw new Violation(Unmapped);
        if (!policy.TryGetProperty("rules", out JsonElement rules) || rules.ValueKind != JsonValueKind.Array) throw Lacks("rules");
        Members(policy, ["rules"], ["rules"]);
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            Members(rule, ["action", "rulePriority", "selection"], ["action", "description", "rulePriority", "selection"]);
            Integer(rule.GetProperty("rulePriority"), 1);
            Text(rule, "description");
            Action(rule.GetProperty("action"));
            Selection(rule.GetProperty("selection"));
        }
    }

    private static void Action(JsonElement action)
    {
        Members(action, ["type"], ["targetStorageClass", "type"]);
        OneOf(action, "type", s_actions);
        OneOf(action, "targetStorageClass", s_archive);
    }

    private static void Selection(JsonElement selection)
    {
        Members(selection, ["countNumber", "countType", "tagStatus"],
            ["countNumber", "countType", "countUnit", "storageClass", "tagPatternList", "tagPrefixList", "tagStatus"]);
        OneOf(selection, "tagStatus", s_tagStatuses);
        if (Text(selection, "countType") is var type && !s_counts.Contains(type))
            throw new Violation("instance failed to match exactly one schema (matched 0 out of 2)");
        OneOf(selection, "countUnit", s_units);
        OneOf(selection, "storageClass", s_storage);
        Integer(selection.GetProperty("countNumber"), 1);
        foreach (string list in (string[])["tagPatternList", "tagPrefixList"])
            if (selection.TryGetProperty(list, out JsonElement texts))
                foreach (JsonElement text in Of(texts, JsonValueKind.Array).EnumerateArray()) Of(text, JsonValueKind.String);
    }

    private static void Members(JsonElement json, string[] required, string[] allowed)
    {
        string[] members = [.. Of(json, JsonValueKind.Object).EnumerateObject().Select(m => m.Name)];
        if (required.Except(members).ToArray() is { Length: > 0 } missing) throw Lacks(missing);
        if (members.Except(allowed).ToArray() is { Length: > 0 } unknown)
            throw new Violation($"object instance has properties which are not allowed by the schema: ({List(unknown)})");
    }

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out JsonElement value) ? Of(value, JsonValueKind.String).GetString() : null;

    private static void OneOf(JsonElement json, string member, string[] values)
    {
        if (Text(json, member) is { } value && !values.Contains(value))
            throw new Violation($"instance value ({value}) not found in enum :(possible values: {List(values)})");
    }

    private static void Integer(JsonElement value, int minimum)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out decimal number) || number != decimal.Truncate(number))
            throw Mistyped(value, "integer");
        if (number < minimum)
            throw new Violation(
                string.Create(CultureInfo.InvariantCulture,
                    $"numeric instance is lower than the required minimum (minimum: {minimum}, found: {number})"));
    }

    private static JsonElement Of(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == kind ? value : throw Mistyped(value, NameOf(kind));

    private static Violation Mistyped(JsonElement value, string wanted)
    {
        string type = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) ? "integer" : NameOf(value.ValueKind);
        return new($"instance type ({type}) does not match any allowed primitive type (allowed: {List(wanted)})");
    }

    private static string NameOf(JsonValueKind kind) =>
        kind is JsonValueKind.True or JsonValueKind.False ? "boolean" : kind.ToString().ToLowerInvariant();

    private static Violation Lacks(params string[] members) => new($"object has missing required properties ({List(members)})");

    private static string List(params string[] texts) =>
        $"[{string.Join(", ", texts.Order(StringComparer.Ordinal).Select(t => $"\"{t}\""))}]";
}
