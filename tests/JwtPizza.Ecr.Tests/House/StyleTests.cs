using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>How the source is laid out, where the compiler does not look.</summary>
public sealed class StyleTests
{
    private const int MaxLineLength = 140;

    /// <summary>
    /// Not counted: raw strings, whose every space matters; examples of the help, which are pasted as they stand; an address; an alias; and
    /// a regular expression.
    /// </summary>
    [Fact]
    public void Lines_of_the_source_have_at_most_140_columns()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories);
        string[] wider = [.. files.Where(IsOurs).SelectMany(Wider)];
        Assert.True(wider.Length == 0, $"{wider.Length} lines are wider:\n{string.Join('\n', wider)}");
    }

    [Fact]
    public void The_editor_and_the_test_have_the_same_rule() =>
        Assert.Contains($"max_line_length = {MaxLineLength}", File.ReadAllText(RepositoryRoot.File(".editorconfig")),
            StringComparison.Ordinal);

    private static bool IsOurs(string file) => !file.Split(Path.DirectorySeparatorChar).Contains("obj");

    private static IEnumerable<string> Wider(string file)
    {
        bool inRaw = false;
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            bool wasInRaw = inRaw;
            if (line.Split("\"\"\"").Length % 2 == 0) inRaw = !inRaw;
            if (line.Length > MaxLineLength && !wasInRaw && !inRaw && !MayBeWide(line.Trim()))
                yield return $"{Path.GetRelativePath(RepositoryRoot.Folder, file)}:{number} has {line.Length}";
        }
    }

    private static bool MayBeWide(string line) =>
        line.Contains("<code>", StringComparison.Ordinal) || line.StartsWith("/// https://", StringComparison.Ordinal)
        || line.StartsWith("using ", StringComparison.Ordinal) || line.StartsWith("@\"", StringComparison.Ordinal)
        || line.StartsWith("(@\"", StringComparison.Ordinal);
}
