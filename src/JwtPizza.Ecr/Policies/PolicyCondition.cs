using System.Globalization;
using System.Net;

namespace JwtPizza.Ecr;

/// <summary>
/// One key of a policy's condition with its operator and values, as IAM evaluates it:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
/// </summary>
internal sealed class PolicyCondition
{
    private const int Parts = 6;

    private enum Sets { None, Any, All }

    private readonly bool _ifExists, _negated, _isNull;
    private readonly Sets _sets;
    private readonly Func<string, RequestContext, bool>[] _comparisons;

    public PolicyCondition(string operatorName, string key, IReadOnlyList<string> values, bool variables = true)
    {
        (Operator, Key, Values) = (operatorName, key, values);
        string bare = ConditionShape.Bare(operatorName);
        _sets = operatorName.StartsWith("ForAnyValue:", StringComparison.Ordinal) ? Sets.Any
            : operatorName.StartsWith("ForAllValues:", StringComparison.Ordinal) ? Sets.All : Sets.None;
        _ifExists = operatorName.EndsWith("IfExists", StringComparison.Ordinal);
        _negated = bare.Contains("Not", StringComparison.Ordinal);
        _isNull = bare == "Null";
        _comparisons = [.. values.Select(v => Comparison(bare.Replace("Not", "", StringComparison.Ordinal), v, variables))];
    }

    public string Operator { get; }

    public string Key { get; }

    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the values that the request has for the key satisfy those of the policy.</summary>
    public bool Holds(RequestContext context)
    {
        IReadOnlyList<string>? actual = context[Key];
        if (_isNull) return Values.Any(v => v.Equals("true", StringComparison.OrdinalIgnoreCase) == (actual is null or []));
        if (actual is null or []) return _ifExists || _sets == Sets.All || (_negated && _sets == Sets.None);
        return _sets == Sets.All ? actual.All(One) : actual.Any(One);

        // Values are alternatives; under a negated operator none of them may match.
        bool One(string value) => _comparisons.Any(matches => matches(value, context)) != _negated;
    }

    /// <summary>Why it does not hold, in words; null when it holds.</summary>
    public string? Failure(RequestContext context)
    {
        if (Holds(context)) return null;
        string have = context[Key] is { } actual ? $"is {Quoted(actual)}" : "is not in the request";
        return $"{Operator} {Key} wants {Quoted(Values)}, and it {have}";
    }

    /// <summary>The comparison with one value, which is read here once.</summary>
    private static Func<string, RequestContext, bool> Comparison(string bare, string value, bool variables)
    {
        switch (bare)
        {
            case "StringEquals" or "StringEqualsIgnoreCase" or "StringLike":
                IamPattern pattern = new(value, wild: bare == "StringLike", ignoreCase: bare == "StringEqualsIgnoreCase", variables);
                return (actual, context) => pattern.Matches(actual, context);
            case "ArnEquals" or "ArnLike":
                IamPattern[] parts = [.. ArnParts(value).Select(p => new IamPattern(p, variables: variables))];
                return (actual, context) => MatchesArn(parts, actual, context);
            case "Bool":
                return (actual, _) => actual.Equals(value, StringComparison.OrdinalIgnoreCase);
            case "BinaryEquals":
                return (actual, _) => actual == value;
            case "IpAddress":
                return Network(value) is { } network
                    ? (actual, _) => IPAddress.TryParse(actual, out IPAddress? address) && network.Contains(address) : Never;
            case var _ when bare.StartsWith("Numeric", StringComparison.Ordinal):
                return Number(value) is { } number
                    ? (actual, _) => Number(actual) is { } a && Compares(a.CompareTo(number), bare["Numeric".Length..]) : Never;
            case var _ when bare.StartsWith("Date", StringComparison.Ordinal):
                return Time(value) is { } time
                    ? (actual, _) => Time(actual) is { } a && Compares(a.CompareTo(time), bare["Date".Length..]) : Never;
            default:
                return Never;   // IAM stores no document with another operator
        }
    }

    private static bool Never(string actual, RequestContext context) => false;

    private static bool Compares(int order, string relation) => relation switch
    {
        "Equals" => order == 0,
        "LessThan" => order < 0,
        "LessThanEquals" => order <= 0,
        "GreaterThan" => order > 0,
        "GreaterThanEquals" => order >= 0,
        _ => false,
    };

    /// <summary>The six parts of an ARN are compared one by one, so that a wildcard does not reach across a colon (but for the
    /// last).</summary>
    private static bool MatchesArn(IamPattern[] parts, string actual, RequestContext context)
    {
        string[] have = actual.Split(':', Parts);
        return have.Length == parts.Length && have.Zip(parts).All(p => p.Second.Matches(p.First, context));
    }

    /// <summary>The parts of an ARN with variables, whose own colons separate nothing.</summary>
    private static IEnumerable<string> ArnParts(string value)
    {
        int start = 0, found = 1;
        bool variable = false;
        for (int i = 0; i < value.Length && found < Parts; i++)
        {
            variable = variable ? value[i] != '}' : value[i] == '{' && i > 0 && value[i - 1] == '$';
            if (variable || value[i] != ':') continue;
            yield return value[start..i];
            (start, found) = (i + 1, found + 1);
        }
        yield return value[start..];
    }

    private static IPNetwork? Network(string value) =>
        IPNetwork.TryParse(value, out IPNetwork network) ? network
        : IPAddress.TryParse(value, out IPAddress? one) ? new(one, one.GetAddressBytes().Length * 8) : null;

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static DateTimeOffset? Time(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) && seconds is > 9999 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time : null;

    private static string Quoted(IEnumerable<string> texts) => string.Join(" or ", texts.Select(t => $"'{t}'"));
}
