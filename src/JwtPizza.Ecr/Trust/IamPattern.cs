namespace JwtPizza.Ecr;

/// <summary>IAM's patterns: <c>*</c> is any text, <c>?</c> any one character.</summary>
internal static class IamPattern
{
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether everything that <paramref name="text"/> matches is matched by the pattern. The text may be a pattern itself.</summary>
    public static bool Covers(string pattern, string text, bool ignoreCase = false)
    {
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && One(pattern[p], text[t], ignoreCase)) { p++; t++; }
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>A <c>*</c> in the text stands for any text, so one character of a pattern cannot cover it.</summary>
    private static bool One(char pattern, char text, bool ignoreCase) =>
        text != '*' && (pattern == '?' || pattern == text || (ignoreCase && char.ToUpperInvariant(pattern) == char.ToUpperInvariant(text)));
}
