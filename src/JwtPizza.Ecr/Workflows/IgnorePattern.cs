using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// One line of a .dockerignore, read as docker reads it: https://github.com/moby/patternmatcher. A path matches as a whole; whether a
/// folder above it matches is <see cref="DockerIgnore"/>'s business.
/// </summary>
internal sealed class IgnorePattern
{
    private readonly Func<string, bool> _matches;

    private IgnorePattern(int line, string text, bool isException, Func<string, bool> matches) =>
        (Line, Text, IsException, _matches) = (line, text, isException, matches);

    /// <summary>The number of its line, from 1.</summary>
    public int Line { get; }

    /// <summary>The line as docker understands it: cleaned, without the <c>!</c>.</summary>
    public string Text { get; }

    /// <summary>Whether the line began with <c>!</c>: what it matches is taken after all.</summary>
    public bool IsException { get; }

    public bool Matches(string path) => _matches(path);

    /// <summary>Reads a line; null for an empty one and for a comment.</summary>
    /// <exception cref="PizzaException"><c>InvalidDockerIgnore</c>.</exception>
    public static IgnorePattern? Read(int number, string line)
    {
        if (line.StartsWith('#')) return null;
        string text = line.Trim();
        bool exception = text.StartsWith('!');
        if (exception) text = text[1..].Trim();
        if (text.Length == 0) return exception ? throw Wrong(number, line, "a '!' needs a pattern after it") : null;
        text = Clean(text);
        if (text.Length > 1 && text[0] == '/') text = text[1..];
        try { return new(number, text, exception, new Translation(text).Matcher()); }
        catch (FormatException e) { throw Wrong(number, line, e.Message); }
    }

    private static PizzaException Wrong(int number, string line, string problem) => new("InvalidDockerIgnore", PizzaErrorKind.InvalidData,
        $"Line {number} of the .dockerignore, '{line.Trim()}', is not a pattern that docker accepts: {problem}. Correct the line; " +
        "'docker build' would refuse it too.", line.Trim());

    /// <summary>As Go's filepath.Clean: no '.', no '..' that can be resolved, no doubled or trailing slash.</summary>
    private static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        List<string> parts = [];
        foreach (string part in path.Split('/').Where(p => p is not ("" or ".")))
        {
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0 && parts[^1] != "..") parts.RemoveAt(parts.Count - 1);
            else if (!rooted) parts.Add(part);
        }
        string clean = string.Join('/', parts);
        return rooted ? "/" + clean : clean.Length == 0 ? "." : clean;
    }

    /// <summary>A pattern on its way to a regular expression. Like docker's, it is plain text as long as it holds no wildcard but one "**"
    /// at either end.</summary>
    private sealed class Translation(string pattern)
    {
        private enum Kind { Exact, Prefix, Suffix, Regex }

        private readonly StringBuilder _regex = new("^");
        private Kind _kind = Kind.Exact;
        private int _at;

        private bool AtEnd => _at == pattern.Length;

        public Func<string, bool> Matcher()
        {
            while (!AtEnd) Next();
            Regex regex = new(_regex.Append("\\z").ToString(),
                RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
            return _kind switch
            {
                Kind.Exact => path => path == pattern,
                Kind.Prefix => path => path.StartsWith(pattern[..^2], StringComparison.Ordinal),
                Kind.Suffix =>
                    path => path.EndsWith(pattern[2..], StringComparison.Ordinal) || (pattern[2..].StartsWith('/') && path == pattern[3..]),
                _ => regex.IsMatch,
            };
        }

        private void Next()
        {
            bool first = _at == 0;
            switch (pattern[_at++])
            {
                case '*' when Take('*'): Stars(first); break;
                case '*': Wild("[^/]*"); break;
                case '?': Wild("(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^/])"); break;
                case '[': Wild(Class()); break;
                case '\\': Wild(
                    Regex.Escape(AtEnd ? throw new FormatException("a backslash needs a character after it") : $"{pattern[_at++]}")); break;
                case var plain: _regex.Append(Regex.Escape($"{plain}")); break;
            }
        }

        // "**" stands for any number of folders, none included; a "/" after it belongs to it.
        private void Stars(bool first)
        {
            Take('/');
            if (!AtEnd) Wild("(?:.*/)?");
            else if (_kind == Kind.Exact) _kind = Kind.Prefix;
            else Wild(".*");
            if (first) _kind = Kind.Suffix;
        }

        // In Go's grammar a class has an optional '^' and at least one character or range; '-' and ']' have to be escaped within.
        private string Class()
        {
            StringBuilder set = new(Take('^') ? "[^" : "[");
            for (int members = 0; members == 0 || !Take(']'); members++)
            {
                char first = Member(), last = Take('-') ? Member() : first;
                if (last < first) throw new FormatException($"the range {first}-{last} runs backwards");
                set.Append(CultureInfo.InvariantCulture, $"\\u{(int)first:x4}-\\u{(int)last:x4}");
            }
            return set.Append(']').ToString();
        }

        private char Member()
        {
            if (AtEnd || pattern[_at] is '-' or ']')
                throw new FormatException("a '[' begins a set of characters that is empty or does not end");
            if (Take('\\') && AtEnd) throw new FormatException("a backslash needs a character after it");
            return pattern[_at++];
        }

        private void Wild(string regex)
        {
            _regex.Append(regex);
            _kind = Kind.Regex;
        }

        private bool Take(char c)
        {
            if (AtEnd || pattern[_at] != c) return false;
            _at++;
            return true;
        }
    }
}
