using System.Text;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A workflow file as its lines, each with the line break that it has, so that it can be written again byte for byte.</summary>
internal sealed class WorkflowFile
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly bool _mark;
    private readonly List<(string Text, string Break)> _lines;

    private WorkflowFile(bool mark, List<(string, string)> lines) => (_mark, _lines) = (mark, lines);

    /// <summary>The lines without their line breaks.</summary>
    public string[] Lines => [.. _lines.Select(l => l.Text)];

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="PizzaException"><c>WorkflowNotUtf8</c>.</exception>
    public static WorkflowFile Read(byte[] content, string path)
    {
        bool mark = content.AsSpan().StartsWith(Encoding.UTF8.Preamble);
        try { return new(mark, Split(s_utf8.GetString(content, mark ? 3 : 0, content.Length - (mark ? 3 : 0)))); }
        catch (DecoderFallbackException e)
        {
            throw new PizzaException("WorkflowNotUtf8", PizzaErrorKind.InvalidData,
                $"'{path}' is not in UTF-8{(content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? " but in UTF-16" : "")}, which is all " +
                "that GitHub reads. Save it as UTF-8; nothing was changed.", path, e);
        }
    }

    /// <summary>A file with these lines, as GitHub's own are.</summary>
    public static WorkflowFile Of(IEnumerable<string> lines) => new(false, [.. lines.Select(l => (l, "\n"))]);

    /// <summary>The same file with lines after some of its own; every line that was there stays as it is.</summary>
    /// <param name="added">What to add, by the line (from 0) that it comes after.</param>
    public WorkflowFile With(IReadOnlyDictionary<int, IReadOnlyList<string>> added)
    {
        List<(string Text, string Break)> lines = [];
        for (int i = 0; i < _lines.Count; i++)
        {
            if (!added.TryGetValue(i, out IReadOnlyList<string>? more)) { lines.Add(_lines[i]); continue; }
            string own = _lines[i].Break, between = own.Length > 0 ? own : _lines[0].Break is { Length: > 0 } first ? first : "\n";
            lines.Add((_lines[i].Text, between));
            // a file without a line break at its end has none afterwards
            lines.AddRange(more.Select((text, n) => (text, n < more.Count - 1 ? between : own)));
        }
        return new(_mark, lines);
    }

    public override string ToString() => string.Concat(_lines.Select(l => l.Text + l.Break));

    public byte[] ToBytes() => [.. _mark ? Encoding.UTF8.GetPreamble() : [], .. s_utf8.GetBytes(ToString())];

    private static List<(string, string)> Split(string text)
    {
        List<(string, string)> lines = [];
        for (int at = 0; at < text.Length;)
        {
            int end = text.AsSpan(at).IndexOfAny('\r', '\n') is var found and >= 0 ? at + found : text.Length;
            int after = end == text.Length ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add((text[at..end], text[end..after]));
            at = after;
        }
        return lines;
    }
}
