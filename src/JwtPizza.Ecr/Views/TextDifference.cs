namespace JwtPizza.Ecr;

/// <summary>What an edit changes in a text, line by line, for a reader.</summary>
public static class TextDifference
{
    private const int Context = 3;

    /// <summary>The lines that differ, each with <c>-</c> or <c>+</c> before it, and up to three equal lines around them. Empty when there
    /// is no difference.</summary>
    /// <param name="before">The lines as they are.</param>
    /// <param name="after">The lines as they would be.</param>
    public static string Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        List<string> all = Diff([.. before], [.. after]);
        List<string> shown = [];
        for (int i = 0, last = -1; i < all.Count; i++)
        {
            if (!IsNearDifference(all, i)) continue;
            if (i > last + 1) shown.Add("  ...");
            shown.Add(all[i].TrimEnd());
            last = i;
        }
        return string.Join('\n', shown);
    }

    private static bool IsNearDifference(List<string> all, int line)
    {
        for (int i = Math.Max(line - Context, 0); i <= line + Context && i < all.Count; i++)
            if (all[i][0] != ' ') return true;
        return false;
    }

    /// <summary>All lines, each after its mark and a space.</summary>
    private static List<string> Diff(string[] a, string[] b)
    {
        int[,] common = new int[a.Length + 1, b.Length + 1];   // the longest common run of lines from (i, j) on
        for (int i = a.Length - 1; i >= 0; i--)
            for (int j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        List<string> all = [];
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j]) { all.Add("  " + a[i++]); j++; }
            else if (i < a.Length && (j == b.Length || common[i + 1, j] >= common[i, j + 1])) all.Add("- " + a[i++]);
            else all.Add("+ " + b[j++]);
        }
        return all;
    }
}
