namespace JwtPizza.Ecr;

/// <summary>Matches a text against a pattern, character by character, without a regular expression.</summary>
internal static class Wildcard
{
    /// <summary>Whether the pattern matches the whole text, in time proportional to the product of their lengths at worst.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">The text. Where it holds <paramref name="any"/> itself, it is a pattern too, and only <paramref name="any"/>
    /// covers that.</param>
    /// <param name="any">Stands for any characters, or none.</param>
    /// <param name="one">Stands for one character; the same as <paramref name="any"/> where nothing does.</param>
    /// <param name="ignoreCase">Whether letters of either case are equal.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, char any, char one, bool ignoreCase = false)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == any) (star, mark) = (p++, t);
            else if (p < pattern.Length && text[t] != any && (pattern[p] == one || AreEqual(pattern[p], text[t], ignoreCase)))
                (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        return pattern[p..].TrimStart(any).IsEmpty;
    }

    private static bool AreEqual(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other));
}
