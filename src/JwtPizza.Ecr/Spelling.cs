namespace JwtPizza.Ecr;

/// <summary>What a word with a slip of the finger was perhaps meant to be.</summary>
internal static class Spelling
{
    /// <summary>The nearest of several words.</summary>
    public static string Closest(string word, IEnumerable<string> candidates) => candidates.MinBy(c => Distance(word, c))!;

    /// <summary>The one that was perhaps meant: a few letters away, or of the same last part; null when none is near.</summary>
    public static string? Near(string word, IReadOnlyCollection<string> candidates)
    {
        if (candidates.Count == 0) return null;
        string nearest = Closest(word, candidates);
        if (Distance(word.ToUpperInvariant(), nearest.ToUpperInvariant()) <= Math.Clamp(word.Length / 4, 1, 3)) return nearest;
        string last = word[(word.LastIndexOf('/') + 1)..];
        return candidates.Where(c => c[(c.LastIndexOf('/') + 1)..] == last).ToArray() is [var only] ? only : null;
    }

    /// <summary>Edits from one word to the other, a swap of two neighbours counting as one: 'arm46' is nearer to 'arm64' than to
    /// 'arm'.</summary>
    public static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0
                    ? i + j : Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
