using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>
/// A JSON document that somebody else wrote. An edit replaces just the characters that must change and gives a new document: order,
/// unknown keys, white space and escapes of everything else stay as they are. Duplicate keys are refused, because of two equal keys
/// most readers see only the last (https://github.com/alphagov/govuk-infrastructure/pull/879).
/// </summary>
internal sealed class JsonText
{
    private readonly string _what;
    private readonly object? _target;

    private JsonText(string text, string what, object? target)
    {
        (Text, _what, _target) = (text, what, target);
        try { Root = new JsonTextReader(text).Read(); }
        catch (Exception e) when (e is JsonException or EncoderFallbackException)
        {
            throw new PizzaException("InvalidJson", PizzaErrorKind.InvalidData,
                $"{what} is not valid JSON: {e.Message} Correct it there, then try again.", target, e);
        }
        if (Twice(Root) is { } twice)
            throw new PizzaException("DuplicateJsonKey", PizzaErrorKind.InvalidData,
                $"{what} contains the key {twice.Path} twice. Most readers see only the last of them, so nothing was changed. " +
                "Merge the two into one, then try again.", target);
    }

    /// <summary>The whole document.</summary>
    public string Text { get; }

    public JsonPart Root { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="what">What it is, to begin a sentence with: "The trust policy of role 'github-ci'".</param>
    /// <param name="target">The target of errors.</param>
    /// <exception cref="PizzaException"><c>InvalidJson</c>, <c>DuplicateJsonKey</c>.</exception>
    public static JsonText Parse(string text, string what, object? target = null) => new(text, what, target);

    /// <summary>The part at a path; a path outlives edits elsewhere.</summary>
    public JsonPart? Find(string path)
    {
        JsonPart? part = Root;
        while (part is not null && part.Path != path)
            part = part.Children.Find(c =>
                path.StartsWith(c.Path, StringComparison.Ordinal) && (path.Length == c.Path.Length || path[c.Path.Length] is '.' or '['));
        return part;
    }

    /// <summary>Another value in the same place; its key stays.</summary>
    public JsonText Replace(JsonPart part, JsonNode value) =>
        Splice(part.Start, part.End, Style.Write(value, IsTall(part.Parent) ? LineIndent(part.Begin) : null));

    /// <summary>Another key for the same value.</summary>
    public JsonText Rename(JsonPart member, string name)
    {
        int end = member.Begin + 1;
        while (Text[end] != '"') end += Text[end] == '\\' ? 2 : 1;
        return Splice(member.Begin, end + 1, JsonStyle.Quote(name));
    }

    /// <summary>One value more: at the end of an array, or beside a single value, which becomes an array.</summary>
    public JsonText Append(JsonPart part, JsonNode value) =>
        part.IsArray ? Insert(part, null, value) : Splice(part.Start, part.End, Beside(part, value));

    /// <summary>One member more, at the end of an object.</summary>
    public JsonText AddMember(JsonPart target, string name, JsonNode value) => Insert(target, name, value);

    /// <summary>Without this member or element, and without the comma that it needed.</summary>
    public JsonText Remove(JsonPart part)
    {
        List<JsonPart> all = part.Parent!.Children;
        return all.IndexOf(part) switch
        {
            > 0 and var i => Splice(all[i - 1].End, part.End, ""),
            _ when all.Count > 1 => Splice(part.Begin, all[1].Begin, ""),
            _ => Splice(part.Parent.Start + 1, part.Parent.End - 1, ""),
        };
    }

    /// <summary>The same without the white space between the values.</summary>
    public JsonText Compact()
    {
        StringBuilder text = new(Text.Length);
        bool quoted = false;
        for (int i = 0; i < Text.Length; i++)
        {
            if (!quoted && Text[i] is ' ' or '\t' or '\r' or '\n') continue;
            text.Append(Text[i]);
            if (Text[i] == '\\') text.Append(Text[++i]);
            else if (Text[i] == '"') quoted = !quoted;
        }
        return new(text.ToString(), _what, _target);
    }

    /// <summary>The characters of the value, as they stand in the document.</summary>
    public string Raw(JsonPart part) => Text[part.Start..part.End];

    private JsonStyle Style => field ??= JsonStyle.Of(Text, Root);

    private JsonText Splice(int start, int end, string text) =>
        new(string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(end)), _what, _target);

    private JsonText Insert(JsonPart container, string? name, JsonNode value)
    {
        bool tall = container.Children.Count > 0 ? IsTall(container) : IsTall(container.Parent);
        string outer = LineIndent(container.Begin);
        if (container.Children.Count == 0)
            return Splice(container.Start + 1, container.End - 1, tall
                ? Style.NewLine + outer + Style.Unit + Item(outer + Style.Unit) + Style.NewLine + outer
                : Item(null));
        JsonPart last = container.Children[^1];
        string gap = GapBefore(last);
        if (!tall && container.Children.Count == 1) gap = Style.Gap;
        return Splice(last.End, last.End,
            "," + gap + Item(gap.Contains('\n', StringComparison.Ordinal) ? gap[(gap.LastIndexOf('\n') + 1)..] : null));

        string Item(string? indent) => (name is null ? "" : JsonStyle.Quote(name) + Style.Colon) + Style.Write(value, indent);
    }

    private string Beside(JsonPart part, JsonNode value)
    {
        string indent = LineIndent(part.Begin), inner = indent + Style.Unit;
        return IsTall(part.Parent)
            ? $"[{Style.NewLine}{inner}{Raw(part)},{Style.NewLine}{inner}{Style.Write(value, inner)}{Style.NewLine}{indent}]"
            : $"[{Raw(part)},{Style.Gap}{Style.Write(value, null)}]";
    }

    /// <summary>Whether the members or elements stand on lines of their own.</summary>
    private bool IsTall(JsonPart? container) =>
        container is { Children: [var first, ..] } && GapBefore(first).Contains('\n', StringComparison.Ordinal);

    private string GapBefore(JsonPart part)
    {
        int start = part.Begin;
        while (Text[start - 1] is ' ' or '\t' or '\r' or '\n') start--;
        return Text[start..part.Begin];
    }

    private string LineIndent(int position)
    {
        int start = position == 0 ? 0 : Text.LastIndexOf('\n', position - 1) + 1, end = start;
        while (Text[end] is ' ' or '\t') end++;
        return Text[start..end];
    }

    private static JsonPart? Twice(JsonPart part)
    {
        HashSet<string> names = [];
        return part.Children.Find(c => c.Name is { } name && !names.Add(name))
            ?? part.Children.Select(Twice).FirstOrDefault(p => p is not null);
    }
}
