using System.Text.RegularExpressions;

namespace HelpWriter;

/// <summary>The IAM actions of each cmdlet, as docs/permissions.md has them.</summary>
internal sealed partial class Permissions
{
    private readonly Dictionary<string, List<(string When, string Actions)>> _rows = [];

    public Permissions(string page)
    {
        string cmdlet = "";
        foreach (string line in File.ReadLines(page))
        {
            if (Row().Match(line) is not { Success: true } row) continue;
            if (row.Groups["cmdlet"] is { Success: true } named) _rows[cmdlet = named.Value] = [];
            if (_rows.TryGetValue(cmdlet, out List<(string, string)>? rows)) rows.Add((row.Groups["when"].Value, row.Groups["actions"].Value));
        }
    }

    /// <summary>A line for each case, as Markdown; none for a cmdlet that does not call AWS.</summary>
    public string[] Of(string cmdlet) =>
        [.. (_rows.GetValueOrDefault(cmdlet) ?? []).Select(r => $"{char.ToUpperInvariant(r.When[0])}{r.When[1..]}: {r.Actions.TrimEnd('.')}.")];

    [GeneratedRegex(@"\A\| (?:\[(?<cmdlet>\w+-\w+)\]\([^)]*\))? ?\| (?<when>[^|]+) \| (?<actions>[^|]+) \|\z", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
