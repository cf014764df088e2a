using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Reads YAML for the places where its parts stand, which YamlDotNet's own documents do not tell of lists and maps.</summary>
internal sealed class YamlReader
{
    private readonly string[] _lines;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlPlace> _anchors = [];

    private YamlReader(string[] lines) => (_lines, _parser) = (lines, new(new StringReader(string.Concat(lines.Select(l => l + '\n')))));

    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="PizzaException"><c>WorkflowNotYaml</c>: names the line.</exception>
    public static YamlPlace? Read(string[] lines, string path)
    {
        try { return new YamlReader(lines).Document(); }
        catch (YamlException e)
        {
            int tab = e.Message.Contains("tab", StringComparison.OrdinalIgnoreCase)
                ? Array.FindIndex(lines, l => l.TrimStart(' ').StartsWith('\t')) : -1;
            throw Wrong(path, tab >= 0 ? tab : (int)e.Start.Line - 1,
                tab >= 0 ? "a tab indents it, and YAML allows only spaces" : e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>The error for a line of a workflow that cannot be read.</summary>
    public static PizzaException Wrong(string path, int line, string problem, Exception? inner = null) =>
        new("WorkflowNotYaml", PizzaErrorKind.InvalidData,
        $"'{path}' is not valid YAML, in line {line + 1}: {problem}. Correct that line; nothing was changed.", path, inner);

    private YamlPlace? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        YamlPlace root = Node();
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out DocumentStart? second))
            throw new SemanticErrorException(second.Start, second.End, "a second document begins there, and only one is read");
        return root;
    }

    private YamlPlace Node()
    {
        YamlPlace place = _parser.Current switch
        {
            AnchorAlias alias => Alias(alias),
            Scalar scalar => ScalarPlace(scalar),
            SequenceStart list => List(list),
            MappingStart map => Map(map),
            var other => throw new SemanticErrorException(other!.Start, other.End, "a value is expected there"),
        };
        if (place.Anchor is { } anchor) _anchors[anchor] = place;
        return place;
    }

    private YamlPlace Alias(AnchorAlias alias)
    {
        _parser.MoveNext();
        if (!_anchors.TryGetValue(alias.Value.Value, out YamlPlace? meant))
            throw new SemanticErrorException(alias.Start, alias.End, $"there is no anchor &{alias.Value} before it");
        return meant with
        {
            Line = (int)alias.Start.Line - 1, Column = (int)alias.Start.Column - 1, LastLine = (int)alias.Start.Line - 1, Anchor = null,
            Alias = alias.Value.Value,
        };
    }

    private YamlPlace ScalarPlace(Scalar scalar)
    {
        _parser.MoveNext();
        if (scalar.Style is not (ScalarStyle.Literal or ScalarStyle.Folded))
            return At(scalar, (int)scalar.End.Line - 1) with { Text = scalar.Value, IsPlain = scalar.Style is ScalarStyle.Plain };
        string header = _lines[(int)scalar.Start.Line - 1][((int)scalar.Start.Column - 1)..].Split('#')[0];
        bool keeps = header.Contains('+', StringComparison.Ordinal);
        return At(scalar, EndOfBlock(scalar, keeps)) with { Text = scalar.Value, KeepsEmptyLines = keeps };
    }

    // What ends a text that "|" or ">" begins are lines that are less indented; empty ones before them count only when it keeps them.
    private int EndOfBlock(Scalar scalar, bool keeps)
    {
        int begin = (int)scalar.Start.Line - 1, last = (int)scalar.End.Line - (scalar.End.Column > 1 ? 1 : 2);
        while (!keeps && last > begin && string.IsNullOrWhiteSpace(_lines[last])) last--;
        return Math.Max(begin, last);
    }

    private YamlPlace List(SequenceStart start)
    {
        _parser.MoveNext();
        List<YamlPlace> items = [];
        while (!_parser.Accept<SequenceEnd>(out _)) items.Add(Node());
        return At(start, start.Style == SequenceStyle.Flow, _parser.Consume<SequenceEnd>(), items.LastOrDefault()) with { Items = items };
    }

    private YamlPlace Map(MappingStart start)
    {
        _parser.MoveNext();
        List<(YamlPlace Key, YamlPlace Value)> entries = [];
        while (!_parser.Accept<MappingEnd>(out _))
        {
            ParsingEvent at = _parser.Current!;
            YamlPlace key = Node();
            if (key.Text is not null && entries.Any(e => e.Key.Text == key.Text))
                throw new SemanticErrorException(at.Start, at.End, $"the key '{key.Text}' appears twice");
            entries.Add((key, Node()));
        }
        return At(start, start.Style == MappingStyle.Flow, _parser.Consume<MappingEnd>(),
            entries.Select(e => e.Key.LastLine > e.Value.LastLine ? e.Key : e.Value).LastOrDefault()) with { Entries = entries };
    }

    // The end of what is in brackets is the bracket; of other lists and maps the parser only tells where something else begins.
    private static YamlPlace At(NodeEvent start, bool isFlow, ParsingEvent end, YamlPlace? last) => isFlow
        ? At(start, (int)end.End.Line - 1) with { IsFlow = true }
        : At(start, last!.LastLine) with { KeepsEmptyLines = last.KeepsEmptyLines };

    private static YamlPlace At(NodeEvent e, int lastLine) => new()
    {
        Line = (int)e.Start.Line - 1, Column = (int)e.Start.Column - 1, LastLine = lastLine,
        Anchor = e.Anchor.IsEmpty ? null : e.Anchor.Value,
    };
}
