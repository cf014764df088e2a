using System.Globalization;
using System.Net;

namespace JwtPizza.Ecr;

/// <summary>
/// An operator of a condition, as IAM evaluates it:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
/// </summary>
internal sealed class ConditionOperator
{
    private enum Sets { None, Any, All }

    private readonly string _bare;
    private readonly bool _ifExists, _negated;
    private readonly Sets _sets;

    public ConditionOperator(string name)
    {
        Name = name;
        string bare = ConditionShape.Bare(name);
        _sets = name.StartsWith("ForAnyValue:", StringComparison.Ordinal) ? Sets.Any : name.StartsWith("ForAllValues:", StringComparison.Ordinal) ? Sets.All : Sets.None;
        _ifExists = name.EndsWith("IfExists", StringComparison.Ordinal);
        _negated = bare.Contains("Not", StringComparison.Ordinal);
        _bare = bare.Replace("Not", "", StringComparison.Ordinal);
    }

    public string Name { get; }

    /// <summary>Whether the values that a request has for the key (null: it has no such key) satisfy those of the policy.</summary>
    public bool Holds(IReadOnlyList<string>? actual, IReadOnlyList<string> values, RequestContext context)
    {
        if (_bare == "Null") return values.Any(v => v.Equals("true", StringComparison.OrdinalIgnoreCase) == (actual is null or []));
        if (actual is null or []) return _ifExists || _sets == Sets.All || (_negated && _sets == Sets.None);
        return _sets == Sets.All ? actual.All(One) : actual.Any(One);

        // Values are alternatives; under a negated operator none of them may match.
        bool One(string a) => values.Any(v => Matches(a, v, context)) != _negated;
    }

    private bool Matches(string actual, string value, RequestContext context) => _bare switch
    {
        "StringEquals" => context.Pattern(value, wild: false, ignoreCase: false)?.IsMatch(actual) ?? false,
        "StringEqualsIgnoreCase" => context.Pattern(value, wild: false, ignoreCase: true)?.IsMatch(actual) ?? false,
        "StringLike" => context.Pattern(value, wild: true, ignoreCase: false)?.IsMatch(actual) ?? false,
        "ArnEquals" or "ArnLike" => MatchesArn(actual, value, context),
        "Bool" => actual.Equals(value, StringComparison.OrdinalIgnoreCase),
        "BinaryEquals" => actual == value,
        "IpAddress" => MatchesAddress(actual, value),
        _ when _bare.StartsWith("Numeric", StringComparison.Ordinal) => Number(actual) is { } a && Number(value) is { } v && Compares(a.CompareTo(v), _bare["Numeric".Length..]),
        _ when _bare.StartsWith("Date", StringComparison.Ordinal) => Time(actual) is { } a && Time(value) is { } v && Compares(a.CompareTo(v), _bare["Date".Length..]),
        _ => false,   // IAM stores no document with another operator
    };

    private static bool Compares(int order, string relation) => relation switch
    {
        "Equals" => order == 0,
        "LessThan" => order < 0,
        "LessThanEquals" => order <= 0,
        "GreaterThan" => order > 0,
        "GreaterThanEquals" => order >= 0,
        _ => false,
    };

    /// <summary>The six parts of an ARN are compared one by one, so that a wildcard does not reach across a colon (but for the last).</summary>
    private static bool MatchesArn(string actual, string value, RequestContext context)
    {
        string[] have = actual.Split(':', 6), want = value.Split(':', 6);
        return have.Length == want.Length && have.Zip(want).All(p => context.Pattern(p.Second, wild: true, ignoreCase: false)?.IsMatch(p.First) ?? false);
    }

    private static bool MatchesAddress(string actual, string value) =>
        IPAddress.TryParse(actual, out IPAddress? address)
        && (IPNetwork.TryParse(value, out IPNetwork network) ? network.Contains(address) : IPAddress.TryParse(value, out IPAddress? one) && one.Equals(address));

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static DateTimeOffset? Time(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) && seconds is > 9999 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
