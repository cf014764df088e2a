using System.Text;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>The texts in C# source: every string literal, those that a + joins as one. What an interpolated string puts in is {…}.</summary>
internal sealed class SourceTexts
{
    private const string Hole = "{…}";
    private readonly string _source;
    private readonly List<(int Line, string Text)> _texts = [];
    private int _at;

    private SourceTexts(string source) => _source = source;

    /// <summary>The texts of a file, each with the line on which it begins.</summary>
    public static IReadOnlyList<(int Line, string Text)> Of(string source)
    {
        SourceTexts texts = new(source);
        texts.ReadCode(depth: 0);
        return texts._texts;
    }

    private char Now => _at < _source.Length ? _source[_at] : '\0';

    private bool IsAt(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    // Up to the end, or in an interpolated string to the brace that ends the hole.
    private void ReadCode(int depth)
    {
        StringBuilder? open = null;   // a text to which a + can add another
        int line = 0;
        bool joins = false;
        while (_at < _source.Length)
        {
            if (char.IsWhiteSpace(Now)) { _at++; continue; }
            if (SkipComment()) continue;
            if (TryReadText() is { } text)
            {
                if (open is not null && joins) open.Append(text.Text);
                else
                {
                    Keep(line, open);
                    (open, line) = (new(text.Text), text.Line);
                }
                joins = false;
                continue;
            }
            if (Now == '+' && open is not null && !joins) { joins = true; _at++; continue; }
            Keep(line, open);
            (open, joins) = (null, false);
            if (Now == '\'') { SkipCharacter(); continue; }
            if (Now == '{') depth++;
            if (Now == '}' && --depth < 0) return;
            _at++;
        }
        Keep(line, open);
    }

    private void Keep(int line, StringBuilder? text)
    {
        if (text is not null) _texts.Add((line, text.ToString()));
    }

    private bool SkipComment()
    {
        if (!IsAt("//") && !IsAt("/*")) return false;
        int end = _source.IndexOf(IsAt("//") ? "\n" : "*/", _at + 2, StringComparison.Ordinal);
        _at = end < 0 ? _source.Length : end + 1 + (IsAt("//") ? 0 : 1);
        return true;
    }

    private void SkipCharacter()
    {
        _at++;
        while (Now != '\'') _at += Now == '\\' ? 2 : 1;
        _at++;
    }

    private (int Line, string Text)? TryReadText()
    {
        int start = _at, dollars = 0;
        bool verbatim = false;
        while (Now is '$' or '@')
        {
            if (Now == '$') dollars++;
            else verbatim = true;
            _at++;
        }
        if (Now != '"')
        {
            _at = start;
            return null;
        }
        int line = _source.AsSpan(0, start).Count('\n') + 1, quotes = 0;
        while (_at + quotes < _source.Length && _source[_at + quotes] == '"') quotes++;
        if (quotes == 2) { _at += 2; return (line, ""); }
        return (line, quotes >= 3 ? ReadRaw(quotes, dollars) : ReadQuoted(verbatim, dollars > 0));
    }

    private string ReadQuoted(bool verbatim, bool interpolated)
    {
        StringBuilder text = new();
        for (_at++; _at < _source.Length;)
        {
            if (Now == '"' && !(verbatim && IsAt("\"\""))) { _at++; break; }
            if (interpolated && (IsAt("{{") || IsAt("}}")) || verbatim && IsAt("\"\"")) { text.Append(Now); _at += 2; }
            else if (interpolated && Now == '{') ReadHole(text, 1);
            else if (Now == '\\' && !verbatim) { text.Append(_source[_at + 1] == 'n' ? '\n' : _source[_at + 1]); _at += 2; }
            else text.Append(_source[_at++]);
        }
        return text.ToString();
    }

    private string ReadRaw(int quotes, int dollars)
    {
        StringBuilder text = new();
        string end = new('"', quotes), hole = new('{', dollars);
        for (_at += quotes; _at < _source.Length && !IsAt(end);)
        {
            if (dollars > 0 && IsAt(hole)) ReadHole(text, dollars);
            else text.Append(_source[_at++]);
        }
        _at += quotes;
        return text.ToString();
    }

    private void ReadHole(StringBuilder text, int braces)
    {
        _at += braces;
        ReadCode(depth: 0);
        _at += braces;
        text.Append(Hole);
    }
}
