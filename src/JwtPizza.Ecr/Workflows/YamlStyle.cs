using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>How YAML is laid out in a file, so that what is added looks like what is there.</summary>
public sealed partial record YamlStyle
{
    /// <summary>How many columns a key is to the right of the key that holds it.</summary>
    public int Indent { get; init; } = 2;

    /// <summary>How many columns the dash of a list is to the right of the key that holds it.</summary>
    public int Dash { get; init; } = 2;

    /// <summary>How many columns an item is to the right of its dash.</summary>
    public int Item { get; init; } = 2;

    /// <summary>Whether an empty line stands between the items of a list that are maps.</summary>
    public bool Airy { get; init; } = true;

    /// <summary>The lines of <c>key: value</c>, the key at this column.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="column">The column of the key, from 0.</param>
    public IEnumerable<string> Entry(string key, YamlPart value, int column) => value switch
    {
        YamlText text => [$"{Blank(column)}{key}: {Scalar(text.Value)}"],
        YamlFlag flag => [$"{Blank(column)}{key}: {(flag.Value ? "true" : "false")}"],
        YamlBlock block =>
            [$"{Blank(column)}{key}: |", .. block.Lines.Select(l => l.Length == 0 ? "" : $"{Blank(column + Indent)}{OneLine(l)}")],
        YamlMap map => [$"{Blank(column)}{key}:", .. Map(map, column + Indent)],
        YamlList list => [$"{Blank(column)}{key}:", .. List(list, column + Dash)],
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>The lines of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="column">The column of its keys, from 0.</param>
    public IEnumerable<string> Map(YamlMap map, int column) =>
        map.Entries.Where(e => e.Value is not null).SelectMany(e => Entry(e.Key, e.Value!, column));

    /// <summary>The lines of a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="column">The column of its dashes, from 0.</param>
    public IEnumerable<string> List(YamlList list, int column) =>
        list.Items.SelectMany((item,
            i) => (string[])[.. i > 0 && Airy && item is YamlMap ? [""] : Array.Empty<string>(), .. ListItem(item, column)]);

    private string[] ListItem(YamlPart item, int column)
    {
        string dash = Blank(column) + "-".PadRight(Item);
        if (item is YamlText text) return [dash + Scalar(text.Value)];
        string[] lines = [.. Map((YamlMap)item, column + Item)];
        return [dash + lines[0][(column + Item)..], .. lines[1..]];
    }

    private static string Blank(int columns) => new(' ', columns);

    // The last wall: whatever was forgotten before, no value begins a line of its own.
    private static string OneLine(string value) => ScriptText.IsOneLine(value) ? value : throw WorkflowErrors.InvalidOption(
        value, "cannot be written into a workflow: it has a line break or a control character", "Give it on one line.");

    private static string Scalar(string value) =>
        Plain().IsMatch(OneLine(value)) && !NotText().IsMatch(value) ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    // Cautious: what may begin or be something else than text in YAML 1.1 or 1.2 gets quotes.
    [GeneratedRegex(@"\A[A-Za-z0-9_./$*](?:[^:#\r\n]|:(?!\s|\z)|(?<!\s)#)*(?<!\s)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A(?:[-+.]?[0-9][0-9_.eExXa-fA-F:+-]*|\*.*|true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NotText();
}
