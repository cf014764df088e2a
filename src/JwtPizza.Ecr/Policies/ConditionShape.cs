using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>The outer form of a Condition: operators that IAM knows, over keys, over values.</summary>
internal static class ConditionShape
{
    private static readonly HashSet<string> s_operators =
    [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
        "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
        "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
        "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
    ];

    /// <summary>Whether IAM takes it. An operator with no keys at all may have any name.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="emptyLists">Whether a key may have no values, as in the policies of identities.</param>
    public static bool IsSound(JsonElement condition, bool emptyLists = false) =>
        PolicyJson.Members(condition) is { } operators && operators.All(o =>
            PolicyJson.Members(o.Value) is { } keys && (keys.Count == 0 || s_operators.Contains(Bare(o.Key)))
            && keys.Values.All(v => PolicyJson.Texts(v, scalars: true) is { } values && (emptyLists || values.Count > 0)));

    /// <summary>The operator without ForAnyValue:, ForAllValues: and IfExists.</summary>
    public static string Bare(string condition)
    {
        string bare = condition.StartsWith("ForAnyValue:", StringComparison.Ordinal) ? condition["ForAnyValue:".Length..]
            : condition.StartsWith("ForAllValues:", StringComparison.Ordinal) ? condition["ForAllValues:".Length..] : condition;
        return bare != "NullIfExists" && bare.EndsWith("IfExists", StringComparison.Ordinal) ? bare[..^"IfExists".Length] : bare;
    }
}
