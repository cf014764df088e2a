using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>One place for each error: its id, kind, sentence and next step.</summary>
public sealed partial class ErrorTests
{
    [Fact]
    public void Each_id_is_made_in_one_place()
    {
        string[] several =
        [
            .. Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
                .Where(f => !f.Split(Path.DirectorySeparatorChar).Contains("obj"))
                .SelectMany(f =>
                    Made().Matches(File.ReadAllText(f))
                        .Select(m => (Id: m.Groups["id"].Value, File: Path.GetRelativePath(RepositoryRoot.Folder, f))))
                .GroupBy(m => m.Id).Where(g => g.Count() > 1)
                .Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.File))}"),
        ];
        Assert.Empty(several);
    }

    [Fact]
    public void An_error_that_is_told_in_other_words_keeps_its_id_and_kind_and_its_cause()
    {
        PizzaException first = new("LimitExceeded", PizzaErrorKind.LimitExceeded, "Too many.", "role") { Problems = ["one"] };
        PizzaException told = first.As("The role has ten policies.", "github-ci");
        Assert.Equal((first.ErrorId, first.Kind, "github-ci", first), (told.ErrorId, told.Kind, told.Target, told.InnerException));
        Assert.Equal("Too many. Take one away.", first.With("Take one away.").Message);
        Assert.Equal(["one"], first.With("Take one away.").Problems);
    }

    [GeneratedRegex("""(?:PizzaException|\bnew)\(\s*"(?<id>[A-Za-z]+)",\s*(?:PizzaErrorKind\.|kind\b)""", RegexOptions.CultureInvariant)]
    private static partial Regex Made();
}
