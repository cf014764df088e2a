using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// What to take into a distribution, in the shell's words: <c>Dockerfile</c>, <c>src/*</c>, <c>*.json</c>. What matches is taken under its
/// own name, as <c>cp -r</c> does: the files in src come to lie beside the Dockerfile. A <c>*</c> does not match a dot at the begin of a
/// name.
/// </summary>
public sealed class DistInclude
{
    private readonly Regex[] _names;

    private DistInclude(string text, Regex[] names) => (Text, _names) = (text, names);

    /// <summary>The course's: https://github.com/devops329/devops/blob/main/instruction/awsEcr/awsEcr.md</summary>
    public static IReadOnlyList<string> Default { get; } = ["Dockerfile", "src/*", "*.json"];

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>How many parts its path has.</summary>
    public int Depth => _names.Length;

    /// <summary>Whether the part at this depth may have this name.</summary>
    /// <param name="depth">From 0.</param>
    /// <param name="name">A name of a file or folder.</param>
    public bool Takes(int depth, string name) => _names[depth].IsMatch(name);

    /// <summary>The path within the distribution of a file that this takes; null when it does not take it.</summary>
    /// <param name="file">A path from the source folder, with <c>/</c>.</param>
    public string? TargetOf(string file)
    {
        string[] parts = file.Split('/');
        return Depth <= parts.Length && Enumerable.Range(0, Depth).All(d => Takes(d, parts[d]))
            ? string.Join('/', parts[(Depth - 1)..]) : null;
    }

    /// <summary>Reads what the user wrote.</summary>
    /// <exception cref="PizzaException"><c>InvalidInclude</c>.</exception>
    /// <param name="text">For example <c>src/*</c>.</param>
    public static DistInclude Parse(string text)
    {
        string path = text.Replace('\\', '/');
        string[] parts = [.. path.Split('/').Where(p => p is not ("" or "."))];
        if (path.StartsWith('/') || path is [_, ':', ..] || parts.Contains(".."))
            throw WorkflowErrors.InvalidInclude(text, "it points outside the source folder");
        if (parts.Length == 0) throw WorkflowErrors.InvalidInclude(text, "it names nothing");
        if (parts.Any(p => p.Contains("**", StringComparison.Ordinal)))
            throw WorkflowErrors.InvalidInclude(text, "'**' is not needed, because a folder is included with all its contents");
        try { return new(text, [.. parts.Select(Name)]); }
        catch (ArgumentException) { throw WorkflowErrors.InvalidInclude(text, "a set in brackets cannot be read"); }
    }

    private static Regex Name(string part)
    {
        string regex = Regex.Replace(part, @"\*|\?|\[(?<not>[!^])?(?<set>[^\]]+)\]|.", m => m.Value switch
        {
            "*" => ".*",
            "?" => ".",
            { Length: > 1 } => $"[{(m.Groups["not"].Success ? "^" : "")}{Set(m.Groups["set"].Value)}]",
            var plain => Regex.Escape(plain),
        }, RegexOptions.Singleline | RegexOptions.CultureInvariant);
        string dot = part[0] is '*' or '?' or '[' ? @"(?!\.)" : "";
        return new($@"\A{dot}{regex}\z", RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }

    private static string Set(string characters) =>
        characters.Replace("\\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
}
