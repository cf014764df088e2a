namespace JwtPizza.Ecr;

/// <summary>
/// The rules of a .dockerignore: which files docker leaves out of a build context. The last line that matches decides; <c>!</c> takes
/// back in; a folder that is left out takes along what is in it, unless a later line names that.
/// </summary>
/// <remarks>The same algorithm as BuildKit's: https://github.com/moby/patternmatcher (MatchesUsingParentResults).</remarks>
public sealed class DockerIgnore
{
    private readonly IgnorePattern[] _patterns;
    private readonly Dictionary<string, bool[]> _folders = [];

    private DockerIgnore(IgnorePattern[] patterns) => _patterns = patterns;

    /// <summary>No rules: nothing is left out.</summary>
    public static DockerIgnore None { get; } = new([]);

    /// <summary>Reads the text of a .dockerignore.</summary>
    /// <param name="text">The text; a byte order mark does not matter.</param>
    /// <param name="backslashes">Whether a backslash separates folders, as on Windows, instead of taking a wildcard's meaning away.</param>
    /// <exception cref="PizzaException"><c>InvalidDockerIgnore</c>: names the line.</exception>
    public static DockerIgnore Parse(string text, bool backslashes = false) =>
        new([.. (backslashes ? text.Replace('\\', '/') : text).TrimStart('\uFEFF').Split('\n')
            .Select((line, i) => IgnorePattern.Read(i + 1, line.TrimEnd('\r'))).OfType<IgnorePattern>()]);

    /// <summary>The line that leaves this file or folder out, as <c>line 3: node_modules</c>; null when none does.</summary>
    /// <param name="path">The path from the root of the context, with <c>/</c> between its parts.</param>
    public string? RuleFor(string path)
    {
        Judge(path, out IgnorePattern? last);
        return last is null ? null : $"line {last.Line}: {last.Text}";
    }

    // Which patterns match the path or a folder above it. As in docker, a line is not looked at where it could change nothing.
    private bool[] Judge(string path, out IgnorePattern? last)
    {
        int slash = path.LastIndexOf('/');
        bool[]? above = slash < 0 ? null : Folder(path[..slash]);
        bool[] matched = new bool[_patterns.Length];
        last = null;
        for (int i = 0; i < _patterns.Length; i++)
        {
            matched[i] = above is not null && above[i] || _patterns[i].IsException == last is not null && _patterns[i].Matches(path);
            if (matched[i]) last = _patterns[i].IsException ? null : _patterns[i];
        }
        return matched;
    }

    private bool[] Folder(string path)
    {
        if (!_folders.TryGetValue(path, out bool[]? matched)) _folders[path] = matched = Judge(path, out _);
        return matched;
    }
}
