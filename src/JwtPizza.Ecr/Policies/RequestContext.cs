using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>What a request brings for conditions and policy variables to look at. The names of keys are not case-sensitive.</summary>
internal sealed partial class RequestContext
{
    private readonly Dictionary<string, IReadOnlyList<string>> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The values of a key; null when the request does not have it.</summary>
    public IReadOnlyList<string>? this[string key]
    {
        get => _keys.GetValueOrDefault(key);
        init => _keys[key] = value!;
    }

    public RequestContext With(string key, params string[] values)
    {
        _keys[key] = values;
        return this;
    }

    /// <summary>
    /// A pattern of a policy as a regular expression: <c>*</c> and <c>?</c> are wild when <paramref name="wild"/>, and variables
    /// (<c>${aws:PrincipalAccount}</c>) stand for what the request brings. Null when it lacks one, so that nothing can match.
    /// </summary>
    public Regex? Pattern(string pattern, bool wild, bool ignoreCase)
    {
        StringBuilder text = new(@"\A");
        int at = 0;
        foreach (Match variable in Variable().Matches(pattern))
        {
            Append(text, pattern[at..variable.Index], wild);
            if (Value(variable) is not { } value) return null;
            text.Append(Regex.Escape(value));
            at = variable.Index + variable.Length;
        }
        Append(text, pattern[at..], wild);
        return new(text.Append(@"\z").ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));
    }

    private string? Value(Match variable) => variable.Groups["key"].Value switch
    {
        "*" or "?" or "$" => variable.Groups["key"].Value,
        var key => this[key] is [var only] ? only : variable.Groups["default"] is { Success: true, Value: var value } ? value : null,
    };

    private static void Append(StringBuilder text, string literal, bool wild)
    {
        foreach (char c in literal) text.Append(c switch { '*' when wild => ".*", '?' when wild => ".", _ => Regex.Escape(c.ToString()) });
    }

    [GeneratedRegex(@"\$\{(?<key>[*?$]|[^{}$,]+)(?:,\s*'(?<default>[^']*)')?\}")]
    private static partial Regex Variable();
}
