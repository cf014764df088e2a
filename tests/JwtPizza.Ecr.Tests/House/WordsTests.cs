using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>How the help reads: short sentences in plain English. The pages are those that Get-Help shows.</summary>
public sealed partial class WordsTests
{
    private const int MaxWords = 30;

    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(RepositoryRoot.File("docs", "cmdlets"), "*-*.md").Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory, MemberData(nameof(Pages))]
    public void Help_has_no_long_sentences(string page)
    {
        IEnumerable<string> tooLong = Sentences(page).Where(s => s.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > MaxWords);
        Assert.Empty(tooLong);
    }

    [Theory, MemberData(nameof(Pages))]
    public void Help_has_no_odd_words(string page) => 
        Assert.All(Sentences(page), s => Assert.DoesNotMatch(OddWord(), s));

    [Theory, MemberData(nameof(Pages))]
    public void A_summary_begins_with_a_verb_and_is_one_sentence(string page)
    {
        string summary = File.ReadLines(RepositoryRoot.File("docs", "cmdlets", page + ".md")).Skip(2).First(l => l.Length > 0);
        Assert.Matches(@"\A[A-Z][a-z]+s\b[^.]*(\.[^ ][^.]*)*\.\z", summary);
    }

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

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();

    [GeneratedRegex(@"(?<=[.?!])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\b(shall|thereof|anew|nobody|somebody|everybody|whoever|is no (?!(?:longer|other)\b)\w+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OddWord();
}
