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
        string[] rows = [.. File.ReadLines(RepositoryRoot.File("docs", "sandbox.md")).SkipWhile(l => !l.StartsWith("|---", StringComparison.Ordinal)).Skip(1).Where(l => l.StartsWith('|'))];
        Assert.InRange(rows.Length, 15, 100);
        foreach (string row in rows)
        {
            MatchCollection named = TestName().Matches(row.Split('|')[^2]);
            Assert.True(named.Count > 0, $"No test shows: {row}");
            Assert.All(named, n => Assert.True(IsTest(n.Groups["class"].Value, n.Groups["method"].Value), $"There is no test {n.Value}."));
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/sandbox.md")]
    public void Every_link_to_a_file_leads_to_one(string document)
    {
        string text = File.ReadAllText(RepositoryRoot.File(document)), folder = Path.GetDirectoryName(RepositoryRoot.File(document))!;
        string[] links = [.. FileLink().Matches(text).Select(m => m.Groups["path"].Value)];
        Assert.NotEmpty(links);
        Assert.All(links, l => Assert.True(Path.Exists(Path.GetFullPath(l, folder)), $"{document} links to {l}, which is not there."));
    }

    private static bool IsTest(string type, string method) => Assembly.GetExecutingAssembly().GetTypes()
        .Where(t => t.Name == type).SelectMany(t => t.GetMethods()).Any(m => m.Name == method && m.GetCustomAttributes<FactAttribute>().Any());

    [GeneratedRegex(@"`(?<class>\w+)\.(?<method>\w+)`", RegexOptions.CultureInvariant)]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\((?<path>(?!\w+:|#)[^)#\s]+)", RegexOptions.CultureInvariant)]
    private static partial Regex FileLink();
}
