using System.Globalization;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What a service's model says about its parameters, by name, and AWS's sentence for a call that breaks it.</summary>
/// <param name="rules">Of single values.</param>
/// <param name="lists">Of lists.</param>
/// <param name="quotes">Whether the sentence repeats the value, as that of STS does and that of IAM does not.</param>
internal sealed partial class ParameterRules(
    IReadOnlyDictionary<string, IParameterRule> rules, IReadOnlyDictionary<string, ListRule> lists, bool quotes)
{
    public const int MaxTags = 50;
    private static readonly TextRule s_tagKey = new(1, 128, TagKeyPattern()), s_tagValue = new(0, 256, TagValuePattern());

    /// <summary>The rule of a tag's key.</summary>
    public static TextRule TagKey => s_tagKey;

    /// <summary>Checks a call before anything is done. All that is broken is named at once.</summary>
    /// <exception cref="ApiError">ValidationError; MalformedInput for a number that is none.</exception>
    public void Check(QueryCall call, IReadOnlyCollection<string> required)
    {
        List<(string Name, string Value, string Constraint)> broken =
        [
            .. required.Where(r => call[r] is null && call[r + ".member.1"] is null && call[r + ".member.1.Key"] is null)
                .Select(r => (r, "null", "Member must not be null")),
            .. from rule in rules where call[rule.Key] is not null
               let why = rule.Value.Broken(call[rule.Key]!) where why is not null
               select (rule.Key, Quoted(call[rule.Key]!), why),
            .. from list in lists where call[list.Key + ".member.1"] is not null
               let values = call.Texts(list.Key) let why = list.Value.Broken(values) where why is not null
               select (list.Key, $"[{string.Join(", ", values)}]", why),
            .. Tags(call),
        ];
        if (broken.Count > 0)
        {
            IEnumerable<string> each = broken.OrderBy(b => b.Name, StringComparer.Ordinal)
                .Select(b => $"Value {(quotes ? b.Value + " " : "")}at '{CamelCase(b.Name)}' failed to satisfy constraint: {b.Constraint}");
            throw new ApiError("ValidationError",
                $"{broken.Count} validation error{(broken.Count == 1 ? "" : "s")} detected: {string.Join("; ", each)}");
        }
        foreach ((string name, IParameterRule rule) in rules) CheckForm(call, name, rule);
    }

    /// <summary>What is said in other words than those of the model.</summary>
    private static void CheckForm(QueryCall call, string name, IParameterRule rule)
    {
        if (call[name] is not { } value) return;
        if (rule is TextRule { Complaint: { } complaint, Pattern: { } pattern } && !pattern.IsMatch(value))
            throw new ApiError("ValidationError", $"The specified value for {CamelCase(name)} is invalid. {complaint}");
        if (rule is NumberRule && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            throw new ApiError("MalformedInput", $"'{value}' is not a number, which {name} must be.");
    }

    private static IEnumerable<(string, string, string)> Tags(QueryCall call)
    {
        IReadOnlyList<KeyValuePair<string, string>> tags = call.Tags();
        if (tags.Count > MaxTags) yield return ("tags", $"{tags.Count} tags", $"Member must have length less than or equal to {MaxTags}");
        for (int i = 0; i < tags.Count; i++)
        {
            if (s_tagKey.Broken(tags[i].Key) is { } key) yield return ($"tags.{i + 1}.member.key", Quoted(tags[i].Key), key);
            if (s_tagValue.Broken(tags[i].Value) is { } value) yield return ($"tags.{i + 1}.member.value", Quoted(tags[i].Value), value);
        }
    }

    private static string Quoted(string value) => $"'{value}'";

    private static string CamelCase(string parameter) => char.ToLowerInvariant(parameter[0]) + parameter[1..];

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]+\z")]
    private static partial Regex TagKeyPattern();

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex TagValuePattern();
}
