using System.Reflection;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>What the documents promise is there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_behaviour_of_the_sandboxs_table_names_tests_that_exist()
    {
        string[] rows = [.. File.ReadLines(RepositoryRoot.File("docs", "sandbox.md"))
            .SkipWhile(l => !l.StartsWith("|---", StringComparison.Ordinal)).Skip(1).Where(l => l.StartsWith('|'))];
        Assert.InRange(rows.Length, 15, 100);
        foreach (string row in rows)
        {
            MatchCollection named = TestName().Matches(row.Split('|')[^2]);
            Assert.True(named.Count > 0, $"No test shows: {row}");
            Assert.DoesNotContain("| ? |", row, StringComparison.Ordinal);
            Assert.All(named, n => Assert.True(IsTest(n.Groups["class"].Value, n.Groups["method"].Value), $"There is no test {n.Value}."));
        }
    }

    [Theory]
    [InlineData("platforms.md")]
    [InlineData("reliability.md")]
    public void Every_test_that_a_page_names_exists(string page)
    {
        string text = File.ReadAllText(RepositoryRoot.File("docs", page));
        HashSet<string> classes = [.. Assembly.GetExecutingAssembly().GetTypes().Select(t => t.Name)];
        string[] named = [.. TestClass().Matches(text).Select(m => m.Groups["class"].Value)],
            files = [.. TestFile().Matches(text).Select(m => m.Groups["file"].Value)];
        Assert.True(named.Length > 10 && named.Length + files.Length > 15);
        Assert.All(named, n => Assert.Contains(n, classes));
        Assert.All(files, f => Assert.True(File.Exists(RepositoryRoot.File("tests", "Pester", f)), f));
        Assert.All(TestName().Matches(text).Where(n => n.Groups["class"].Value.EndsWith("Tests", StringComparison.Ordinal)),
            n => Assert.True(IsTest(n.Groups["class"].Value, n.Groups["method"].Value), n.Value));
    }

    public static TheoryData<string> Documents =>
        [.. new[] { "", "docs", "docs/cmdlets" }.SelectMany(f => Directory.EnumerateFiles(RepositoryRoot.File(f), "*.md"))
            .Select(f => Path.GetRelativePath(RepositoryRoot.Folder, f))];

    [Theory, MemberData(nameof(Documents))]
    public void Every_link_to_a_file_leads_to_one(string document)
    {
        string text = File.ReadAllText(RepositoryRoot.File(document)), folder = Path.GetDirectoryName(RepositoryRoot.File(document))!;
        string[] links = [.. FileLink().Matches(text).Select(m => m.Groups["path"].Value)];
        Assert.All(links, l => Assert.True(Path.Exists(Path.GetFullPath(l, folder)), $"{document} links to {l}, which is not there."));
    }

    [Fact]
    public void Every_exported_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        IEnumerable<string> pages =
            Directory.EnumerateFiles(RepositoryRoot.File("docs", "cmdlets"), "*-*.md").Select(f => Path.GetFileNameWithoutExtension(f));
        Assert.Equal(Exported.Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_view_is_of_a_type_of_ours_and_there_is_one_for_it()
    {
        System.Xml.Linq.XDocument formats =
            System.Xml.Linq.XDocument.Load(RepositoryRoot.File("src", "module", "JwtPizza.Ecr.Format.ps1xml"));
        string[] types = [.. formats.Descendants("TypeName").Select(t => t.Value)];
        Assert.All(types, t => Assert.NotNull(typeof(Repository).Assembly.GetType(t)));
        Assert.Equal(types.Distinct(), types);
    }

    [Fact]
    public void The_page_of_tasks_leads_to_the_help_of_every_cmdlet()
    {
        string page = File.ReadAllText(RepositoryRoot.File("docs", "cmdlets-by-task.md"));
        Assert.All(Exported, name => Assert.Contains($"[{name}](cmdlets/{name}.md)", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_is_short_and_leads_to_every_page()
    {
        string[] readme = File.ReadAllLines(RepositoryRoot.File("README.md"));
        Assert.True(readme.Length <= 150, $"The README has {readme.Length} lines.");
        IEnumerable<string> pages = Directory.EnumerateFiles(RepositoryRoot.File("docs"), "*.md").Select(f => Path.GetFileName(f)!);
        Assert.All(pages, p => Assert.Contains(readme, l => l.Contains($"(docs/{p})", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Exported =>
        ExportedCmdlet().Matches(File.ReadAllText(RepositoryRoot.File("JwtPizza.Ecr.psd1"))).Select(m => m.Groups["name"].Value);

    private static bool IsTest(string type, string method) => Assembly.GetExecutingAssembly().GetTypes()
        .Where(t => t.Name == type).SelectMany(t => t.GetMethods())
        .Any(m => m.Name == method && m.GetCustomAttributes<FactAttribute>().Any());

    [GeneratedRegex(@"`(?<class>\w+)\.(?<method>\w+)`", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(?<class>\w+Tests)[.`]", RegexOptions.CultureInvariant)]
    private static partial Regex TestClass();

    [GeneratedRegex(@"`(?<file>\w+\.Tests\.ps1)`", RegexOptions.CultureInvariant)]
    private static partial Regex TestFile();

    [GeneratedRegex(@"\]\((?<path>(?!\w+:|#)[^)#\s]+)", RegexOptions.CultureInvariant)]
    private static partial Regex FileLink();

    [GeneratedRegex(@"'(?<name>\w+-Pizza\w+)'", RegexOptions.CultureInvariant)]
    private static partial Regex ExportedCmdlet();
}
