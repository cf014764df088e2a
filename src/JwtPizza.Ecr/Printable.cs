using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// Text of AWS, GitHub, registries, docker or an image, as a terminal and the log of a workflow run can show it: no control characters, no
/// marks that turn text around, and no line that GitHub Actions would take for a command.
/// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
/// </summary>
internal static partial class Printable
{
    // Below 0xA0, and the format characters; the two joiners belong to emoji and to several scripts.
    private const string Hidden = @"[\p{Cc}\p{Cf}\u2028\u2029-[\t\n\r\u200C\u200D]]|\r(?!\n)";

    /// <summary>The text with what cannot be shown replaced by U+FFFD, and a command of GitHub Actions pulled apart.</summary>
    public static string Of(string text)
    {
        string shown = Suspect().IsMatch(text) ? HiddenCharacter().Replace(text, "\uFFFD") : text;
        bool mayCommand = shown.Contains("::", StringComparison.Ordinal) || shown.Contains("##[", StringComparison.Ordinal);
        return mayCommand ? CommandStart().Replace(shown, "$0 ") : shown;
    }

    /// <summary>A JSON document with the same content: what cannot be shown stands in it as an escape.</summary>
    public static string OfJson(string json) =>
        Suspect().IsMatch(json) ? HiddenCharacter().Replace(json, m => $"\\u{(int)m.Value[0]:x4}") : json;

    // Quick to say no: nothing but ASCII, or letters.
    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F-\x9F\xAD]|[^\x00-\xFF]", RegexOptions.CultureInvariant)]
    private static partial Regex Suspect();

    [GeneratedRegex(Hidden, RegexOptions.CultureInvariant)]
    private static partial Regex HiddenCharacter();

    // The runner looks at a line without the white space before it.
    [GeneratedRegex(@"(?<=^\s*):(?=:)|(?<=^\s*)#(?=#\[)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex CommandStart();
}
