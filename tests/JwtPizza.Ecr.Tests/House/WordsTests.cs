using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>How help and messages read: short sentences in plain English. The pages are those that Get-Help shows.</summary>
public sealed partial class WordsTests
{
    private const int MaxWords = 30;

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(RepositoryRoot.File("docs", "cmdlets"), "*-*.md").Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory, MemberData(nameof(Pages))]
    public void Help_has_no_long_sentences(string page) => Assert.DoesNotContain(Sentences(page), IsLong);

    [Theory, MemberData(nameof(Pages))]
    public void Help_has_no_odd_words(string page) =>
        Assert.All(Sentences(page), s => Assert.DoesNotMatch(OddWord(), s));

    [Theory, MemberData(nameof(Pages))]
    public void A_summary_begins_with_a_verb_and_is_one_sentence(string page)
    {
        string summary = File.ReadLines(RepositoryRoot.File("docs", "cmdlets", page + ".md")).Skip(2).First(l => l.Length > 0);
        Assert.Matches(@"\A[A-Z][a-z]+s\b[^.]*(\.[^ ][^.]*)*\.\z", summary);
    }

    public static TheoryData<string> Documents =>
    [
        .. new[] { "", "docs", "src/module/en-US" }
            .SelectMany(f => Directory.EnumerateFiles(RepositoryRoot.File(f)).Where(d => Path.GetExtension(d) is ".md" or ".txt"))
            .Select(d => Path.GetRelativePath(RepositoryRoot.Folder, d)),
    ];

    [Theory, MemberData(nameof(Documents))]
    public void Documents_have_no_odd_words(string document) => Assert.DoesNotContain(
        File.ReadLines(RepositoryRoot.File(document)), line => OddWord().IsMatch(TestName().Replace(line, "")));

    /// <summary>With the variable PRINT_MESSAGES, all of them are written into the file that it names, to be read in one go.</summary>
    [Fact]
    public void Messages_are_short_sentences_without_odd_words()
    {
        (string Place, string Text)[] messages = [.. Messages];
        if (Environment.GetEnvironmentVariable("PRINT_MESSAGES") is { } file)
            File.WriteAllLines(file, messages.Select(m => $"{m.Place}: {m.Text}"));
        Assert.InRange(messages.Length, 500, 5000);
        Assert.DoesNotContain(messages, m => OddWord().IsMatch(m.Text));
        Assert.DoesNotContain(messages, m => SentenceEnd().Split(m.Text).Any(IsLong));
    }

    /// <summary>What errors, warnings and verbose texts say: the texts in the source that have three words or more.</summary>
    internal static IEnumerable<(string Place, string Text)> Messages =>
        from file in Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories).Order()
        where !file.Split(Path.DirectorySeparatorChar).Contains("obj")
        from text in SourceTexts.Of(File.ReadAllText(file))
        where MessageText().IsMatch(text.Text)
        select ($"{Path.GetRelativePath(RepositoryRoot.File("src"), file)}:{text.Line}", text.Text);

    private static bool IsLong(string sentence) => sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > MaxWords;

    private static IEnumerable<string> Sentences(string page)
    {
        string text = Code().Replace(File.ReadAllText(RepositoryRoot.File("docs", "cmdlets", page + ".md")), "\n");
        foreach (string line in text.Split('\n')
            .Where(l => l.Length > 0 && l[0] is not ('#' or '<' or '`') && !l.StartsWith("|---", StringComparison.Ordinal)
            && !l.StartsWith("Output: ", StringComparison.Ordinal)))
        {
            string read = line.StartsWith("| `", StringComparison.Ordinal) ? CellBorder().Split(line)[^2] : line;
            foreach (string sentence in SentenceEnd().Split(read).Where(s => !s.StartsWith("Alias: ", StringComparison.Ordinal)))
                yield return sentence.Trim();
        }
    }

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\A[^\n]*\p{L}{2,} [^\n]*\p{L}{2,}[^\n]* [^\n]*\z", RegexOptions.Singleline)]
    private static partial Regex MessageText();

    [GeneratedRegex(@"`\w+\.\w+`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();

    [GeneratedRegex(@"(?<=[.?!])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\b(shall|thereof|anew|nobody|somebody|everybody|anybody|whoever|any more|alike|" +
        @"(?<!there )is no (?!(?:longer|other)\b)\w+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OddWord();
}
