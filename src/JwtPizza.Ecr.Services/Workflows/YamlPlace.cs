namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A node of a YAML file, and where it stands. Lines and columns count from 0.</summary>
internal sealed record YamlPlace
{
    public required int Line { get; init; }
    public required int Column { get; init; }

    /// <summary>The last line that holds something of it.</summary>
    public required int LastLine { get; init; }

    /// <summary>Whether it ends with a text that keeps every empty line after it (<c>|+</c>), so that none may be added there.</summary>
    public bool KeepsEmptyLines { get; init; }

    /// <summary>The text of a scalar; null for lists and maps.</summary>
    public string? Text { get; init; }

    /// <summary>Whether a scalar has neither quotes nor <c>|</c> or <c>&gt;</c>, so that <c>true</c> or <c>10</c> is no text.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<YamlPlace>? Items { get; init; }

    /// <summary>The entries of a map.</summary>
    public IReadOnlyList<(YamlPlace Key, YamlPlace Value)>? Entries { get; init; }

    /// <summary>Whether it is written in brackets.</summary>
    public bool IsFlow { get; init; }

    /// <summary>Its anchor, without the <c>&amp;</c>.</summary>
    public string? Anchor { get; init; }

    /// <summary>The anchor that stands in its place, without the <c>*</c>; what it leads to is here all the same.</summary>
    public string? Alias { get; init; }

    /// <summary>Every text in it, keys left out.</summary>
    public IEnumerable<string> Texts => Text is { } text ? [text] : (Items ?? Entries?.Select(e => e.Value) ?? []).SelectMany(v => v.Texts);

    /// <summary>The value of a key; null when it is not there, or when this is no map.</summary>
    /// <param name="key">The key.</param>
    public YamlPlace? this[string key] => Entries?.FirstOrDefault(e => e.Key.Text == key).Value;

    /// <summary>The key itself; null when it is not there.</summary>
    /// <param name="key">The key.</param>
    public YamlPlace? Key(string key) => Entries?.FirstOrDefault(e => e.Key.Text == key).Key;

    /// <summary>Whether both say the same, however they are written. Line breaks at the end of a text do not count: what ends a file may
    /// have none.</summary>
    public bool Says(YamlPlace other) => this switch
    {
        { Text: { } text } => text.TrimEnd('\n') == other.Text?.TrimEnd('\n'),
        { Items: { } items } =>
            other.Items is { } others && items.Count == others.Count && items.Zip(others).All(p => p.First.Says(p.Second)),
        { Entries: { } entries } => other.Entries is { } others && entries.Count == others.Count
            && entries.All(e => e.Key.Text is { } key && other[key] is { } value && e.Value.Says(value)),
        _ => false,
    };
}
