using System.Globalization;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>Reads the parameters of a Query call, each by the rule of its service model.</summary>
internal static partial class QueryArguments
{
    private const int MaxTags = 50;
    private static readonly TextRule s_tagKey = new(1, 128, TagKeyPattern()), s_tagValue = new(0, 256, TagValuePattern());

    /// <summary>A required text.</summary>
    public static string Text(this QueryCall call, string name, TextRule rule) =>
        call.OptionalText(name, rule) ?? throw TextRule.Broken(name, null, "Member must not be null");

    public static string? OptionalText(this QueryCall call, string name, TextRule rule) => call[name] is { } value ? rule.Check(name, value) : null;

    /// <summary>A text that is one of a few; the first of them when it is not given.</summary>
    public static string OneOf(this QueryCall call, string name, params string[] values)
    {
        string value = call[name] ?? values[0];
        return values.Contains(value, StringComparer.Ordinal)
            ? value
            : throw TextRule.Broken(name, value, $"Member must satisfy enum value set: [{string.Join(", ", values)}]");
    }

    public static int Number(this QueryCall call, string name, int fallback, int min, int max)
    {
        if (call[name] is not { } text) return fallback;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
            throw new ApiError("MalformedInput", $"'{text}' is not a number, which {name} must be.");
        if (value < min) throw TextRule.Broken(name, text, $"Member must have value greater than or equal to {min}");
        if (value > max) throw TextRule.Broken(name, text, $"Member must have value less than or equal to {max}");
        return value;
    }

    public static bool Flag(this QueryCall call, string name) => call[name] switch
    {
        null or "false" => false,
        "true" => true,
        string other => throw new ApiError("MalformedInput", $"'{other}' is neither true nor false, which {name} must be."),
    };

    /// <summary>The members of a list, numbered from 1.</summary>
    public static IReadOnlyList<string> Texts(this QueryCall call, string name, TextRule rule)
    {
        List<string> members = [];
        while (call.OptionalText($"{name}.member.{members.Count + 1}", rule) is { } member) members.Add(member);
        return members;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(this QueryCall call)
    {
        List<KeyValuePair<string, string>> tags = [];
        for (string at = "Tags.member.1"; call.OptionalText(at + ".Key", s_tagKey) is { } key; at = $"Tags.member.{tags.Count + 1}")
            tags.Add(new(key, call.OptionalText(at + ".Value", s_tagValue) ?? ""));
        if (tags.Count > MaxTags) throw TextRule.Broken("Tags", $"{tags.Count} tags", $"Member must have length less than or equal to {MaxTags}");
        if (tags.DistinctBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
            throw new ApiError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        return tags;
    }

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]+\z")]
    private static partial Regex TagKeyPattern();

    [GeneratedRegex(@"\A[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex TagValuePattern();
}
