using System.Globalization;

namespace JwtPizza.Ecr;

/// <summary>Texts that go into a script of a workflow: a line break in one, or an expression of GitHub Actions, would be a command of its
/// own.</summary>
internal static class ScriptText
{
    /// <summary>Whether a text stays one line of text in YAML, in a shell and in GitHub Actions.</summary>
    /// <param name="text">The text.</param>
    public static bool IsSafe(string text) => IsOneLine(text) && !text.Contains("${{", StringComparison.Ordinal);

    /// <summary>Whether a text is one line for every reader of YAML: version 1.1 breaks lines at U+0085, U+2028 and U+2029 as
    /// well.</summary>
    /// <param name="text">The text.</param>
    public static bool IsOneLine(string text) =>
        !text.Any(c => char.IsControl(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && IsPaired(text);

    private static bool IsPaired(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i])) return false;
        }
        return true;
    }
}
