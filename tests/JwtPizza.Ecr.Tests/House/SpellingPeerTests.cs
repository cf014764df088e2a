using System.ComponentModel;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>The spelling of help, pages and messages, by hunspell's American dictionary and the project's own terms in words.txt.</summary>
public sealed partial class SpellingPeerTests
{
    private static readonly string s_words = RepositoryRoot.File("tests", "JwtPizza.Ecr.Tests", "House", "words.txt");

    [Fact]
    public async Task Every_word_is_in_the_dictionary_or_among_the_terms_of_the_project()
    {
        string[] words = [.. Texts().SelectMany(t => Word().Matches(t)).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.InRange(words.Length, 1500, 20_000);
        string[] wrong = await UnknownAsync(words), terms = await File.ReadAllLinesAsync(s_words, TestContext.Current.CancellationToken);
        Assert.Empty(wrong.Except(terms));
        Assert.Equal(terms.Distinct().Order(StringComparer.Ordinal), terms);
    }

    /// <summary>Those that hunspell does not know.</summary>
    private static async Task<string[]> UnknownAsync(string[] words)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, words, TestContext.Current.CancellationToken);
            (int exit, string output, string errors) =
                await Peer.RunAsync("hunspell", ["-d", "en_US", "-i", "UTF-8", "-l", file], new Dictionary<string, string>());
            Assert.SkipWhen(errors.Contains("Can't open", StringComparison.Ordinal), "hunspell has no dictionary en_US.");
            Assert.True(exit == 0, errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()];
        }
        catch (Win32Exception)
        {
            Assert.Skip("hunspell is not on this machine.");
            return [];
        }
        finally { File.Delete(file); }
    }

    private static IEnumerable<string> Texts() =>
    [
        .. new[] { "", "docs", "docs/cmdlets" }.SelectMany(f => Directory.EnumerateFiles(RepositoryRoot.File(f), "*.md"))
            .Select(f => NotProse().Replace(File.ReadAllText(f).ReplaceLineEndings("\n"), " ")),
        .. Directory.EnumerateFiles(RepositoryRoot.File("src", "module", "en-US"), "*.txt")
            .Select(f => string.Join('\n', File.ReadLines(f).Where(l => !l.StartsWith("        ", StringComparison.Ordinal)))),
        .. WordsTests.Messages.Select(m => m.Text).Where(t => !t.Contains('\\', StringComparison.Ordinal)),   // which patterns have
    ];

    // Blocks and spans of code, addresses of links, quotations with more than letters in them.
    [GeneratedRegex("""^```.*?^```$|`[^`\n]*`|\]\([^)]*\)|'[^'\n]*[^'\w\s,.;:][^'\n]*'|"[^"\n]*"|<!--.*?-->""",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex NotProse();

    // A word by itself: not a part of a name, an address, an option or a placeholder.
    [GeneratedRegex(@"(?<![\w./:@#$%{<=\\'-])[A-Z]?[a-z]+(?:'[a-z]+)?(?![\w/:@%}>=\\_-]|\.\w|\()")]
    private static partial Regex Word();
}
