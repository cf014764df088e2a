using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// A pattern of an IAM policy, ready to be matched against many texts: <c>*</c> stands for any text, <c>?</c> for one character, and a
/// variable (<c>${aws:PrincipalAccount}</c>) for what the request brings.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
/// </summary>
internal sealed partial class IamPattern
{
    // Inside, wildcards are two characters that no text has, so that those in the value of a variable are plain text.
    private const char Any = '\uFFFE', One = '\uFFFF';
    private readonly string _text;
    private readonly IReadOnlyList<Variable> _variables;
    private readonly bool _ignoreCase;

    /// <summary>A variable that stands after so many characters of the text.</summary>
    private readonly record struct Variable(int At, string Key, string? Default);

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">As it stands in the policy.</param>
    /// <param name="wild">Whether <c>*</c> and <c>?</c> are wildcards.</param>
    /// <param name="ignoreCase">Whether letters of either case are equal.</param>
    /// <param name="variables">Whether variables are replaced: in resources and conditions of policies of version 2012-10-17.</param>
    public IamPattern(string pattern, bool wild = true, bool ignoreCase = false, bool variables = true)
    {
        _ignoreCase = ignoreCase;
        (_text, _variables) =
            variables && pattern.Contains("${", StringComparison.Ordinal) ? Read(pattern, wild) : (Wild(pattern, wild), []);
    }

    /// <summary>Whether a text has wildcards.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether everything that <paramref name="text"/> matches is matched by the pattern. The text may be a pattern
    /// itself.</summary>
    public static bool Covers(string pattern, string text, bool ignoreCase = false) =>
        Wildcard.Matches(pattern, text, '*', '?', ignoreCase);

    /// <summary>Whether the pattern matches the whole text. One with a variable that the request lacks matches nothing.</summary>
    public bool Matches(ReadOnlySpan<char> text, RequestContext context) =>
        (_variables.Count == 0 ? _text : Resolve(context)) is { } pattern && Wildcard.Matches(pattern, text, Any, One, _ignoreCase);

    private string? Resolve(RequestContext context)
    {
        StringBuilder text = new();
        int at = 0;
        foreach (Variable variable in _variables)
        {
            if ((context[variable.Key] is [var only] ? only : variable.Default) is not { } value) return null;
            text.Append(_text, at, variable.At - at).Append(value);
            at = variable.At;
        }
        return text.Append(_text, at, _text.Length - at).ToString();
    }

    private static (string, IReadOnlyList<Variable>) Read(string pattern, bool wild)
    {
        StringBuilder text = new();
        List<Variable> variables = [];
        int at = 0;
        foreach (Match variable in VariablePattern().Matches(pattern))
        {
            text.Append(Wild(pattern[at..variable.Index], wild));
            at = variable.Index + variable.Length;
            if (variable.Groups["key"].Value is var key && key is "*" or "?" or "$") text.Append(key);
            else variables.Add(new(text.Length, key, variable.Groups["default"] is { Success: true, Value: var value } ? value : null));
        }
        return (text.Append(Wild(pattern[at..], wild)).ToString(), variables);
    }

    private static string Wild(string literal, bool wild) => wild ? literal.Replace('*', Any).Replace('?', One) : literal;

    [GeneratedRegex(@"\$\{(?<key>[*?$]|[^{}$,]+)(?:,\s*'(?<default>[^']*)')?\}")]
    private static partial Regex VariablePattern();
}
