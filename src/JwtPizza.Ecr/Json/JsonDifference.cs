using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>What an edit changes in a JSON document, line by line, for a reader.</summary>
public static class JsonDifference
{
    private const int Context = 3;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lines that differ, each with <c>-</c> or <c>+</c> before it, and up to three equal lines around them. Empty when the documents say the same.</summary>
    /// <param name="before">The JSON as it is; null when there is none yet.</param>
    /// <param name="after">The JSON as it would be; null when it would be gone.</param>
    public static string Between(string? before, string? after)
    {
        (char Mark, string Line)[] all = [.. Diff(Lines(before), Lines(after))];
        List<string> shown = [];
        for (int i = 0, last = -1; i < all.Length; i++)
        {
            if (!all.Skip(i - Context).Take(Math.Min(i, Context) + Context + 1).Any(l => l.Mark != ' ')) continue;
            if (i > last + 1) shown.Add("  ...");
            shown.Add($"{all[i].Mark} {all[i].Line}");
            last = i;
        }
        return string.Join('\n', shown);
    }

    /// <summary>Compact documents are one line, so both are laid out anew before they are compared.</summary>
    private static string[] Lines(string? json) => json is null ? [] : JsonNode.Parse(json)!.ToJsonString(s_indented).ReplaceLineEndings("\n").Split('\n');

    private static IEnumerable<(char Mark, string Line)> Diff(string[] a, string[] b)
    {
        int[,] common = new int[a.Length + 1, b.Length + 1];   // the longest common run of lines from (i, j) on
        for (int i = a.Length - 1; i >= 0; i--)
            for (int j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j]) { yield return (' ', a[i++]); j++; }
            else if (i < a.Length && (j == b.Length || common[i + 1, j] >= common[i, j + 1])) yield return ('-', a[i++]);
            else yield return ('+', b[j++]);
        }
    }
}
