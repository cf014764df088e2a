using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Cmdlets.State;
using JwtPizza.Ecr.Services.State;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.State;

/// <summary>What a state file may hold, in each of its formats, and what is said about the rest.</summary>
public sealed class StateReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pizza-state").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PizzaState> ReadAsync(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return await StateFiles.ReadAsync(file, StateFileCmdlet.ReadData, TestContext.Current.CancellationToken);
    }

    private async Task<PizzaException> WrongAsync(string name, string text)
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => ReadAsync(name, text));
        Assert.Equal(("InvalidStateFile", PizzaErrorKind.InvalidData), (e.ErrorId, e.Kind));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        return e;
    }

    [Theory]
    [InlineData("repositories: { api: { lifecycel: [] } }",
        "repositories.api.lifecycel is not a known member; did you mean 'lifecycle'? Allowed there: imageTagMutability,")]
    [InlineData("repositories: { api: { scanOnPush: maybe } }",
        "repositories.api.scanOnPush must be true or false, not the text \"maybe\".")]
    [InlineData("repositories: { api: { imageTagMutability: sometimes } }",
        "repositories.api.imageTagMutability is 'sometimes'; allowed are MUTABLE, IMMUTABLE.")]
    [InlineData("repositories: { api: { lifecycle: [{ keepLast: none }] } }",
        "repositories.api.lifecycle[0].keepLast must be a whole number of at least 1, not the text \"none\".")]
    [InlineData("repositories: { api: { lifecycle: [{ untaggedDays: 1, keepLast: 3 }] } }",
        "repositories.api.lifecycle[0] has 'untaggedDays', which is a whole rule, so it cannot have keepLast.")]
    [InlineData("repositories: { api: { lifecycle: [{ keepLast: 1 }, { keepLast: 3 }] } }", "repositories.api.lifecycle: ")]
    [InlineData("repositories: { API: {} }", "repositories.API: 'API' is not a valid ECR repository name: ")]
    [InlineData("repositories: { api: { access: { pull: [me] } } }", "repositories.api.access.pull[0]: 'me' is not an account ID")]
    [InlineData("repositories: { api: { mutabilityExclusion: [latest] } }", "repositories.api: -MutabilityExclusion names exceptions")]
    [InlineData("repositories: [api]", "repositories must be an object of names and values, not a list.")]
    [InlineData("roles: { ci: {} }", "roles.ci needs 'trust'.")]
    [InlineData("roles: { ci: { trust: [] } }", "roles.ci.trust needs at least one subject.")]
    [InlineData("roles: { ci: { trust: ['repo:*'] } }", "roles.ci.trust[0]: The trust subject 'repo:*' is refused")]
    [InlineData("roles: { ci: { trust: ['repo:o/r:*'], push: { api: { cluster: 'a b' } } } }", "roles.ci.push.api: 'a b' cannot be")]
    [InlineData("repository: {}", "repository is not a known member. Allowed there: $schema, defaults, repositories, roles.")]
    public async Task What_is_not_known_names_the_place_and_what_is_allowed(string yaml, string problem) =>
        Assert.Contains(problem, (await WrongAsync("wrong.yml", yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task All_problems_are_listed_at_once()
    {
        PizzaException e = await WrongAsync("wrong.json", """{"repositories":{"api":{"a":1,"b":2}}}""");
        Assert.Equal(2, e.Problems.Count);
    }

    [Theory]
    [InlineData("broken.yml", "repositories:\n  api: {", "is not valid YAML, in line ")]
    [InlineData("twice.yml", "repositories: {}\nrepositories: {}", "the key 'repositories' appears twice")]
    [InlineData("broken.json", "{", "JSON")]
    [InlineData("twice.json", """{"repositories":{},"repositories":{}}""", "repositories")]
    [InlineData("broken.psd1", "@{ repositories = @{", "Line 1: ")]
    [InlineData("twice.psd1", "@{ a = 1\n a = 2 }", "Line 2: ")]
    [InlineData("run.psd1", "@{\n repositories = Get-Date }", "Line 2: 'Get-Date' is not a constant")]
    [InlineData("variable.psd1", "@{ repositories = $env:HOME }", "'$env:HOME' is not a constant")]
    [InlineData("more.psd1", "@{}\n'x'", "holds one hashtable")]
    public async Task A_file_that_cannot_be_read_says_where(string name, string text, string problem) =>
        Assert.Contains(problem, (await WrongAsync(name, text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("state.yml", """
        # what the course leaves
        repositories:
          jwt-pizza-service:
            lifecycle: [{ untaggedDays: 1 }, { keepLast: 10 }]
            access: { pull: [012345678901, 210987654321] }
            tags: { on: yes }
          base/node:
        """)]
    [InlineData("state.json", """
        {"repositories":{"jwt-pizza-service":{"lifecycle":[{"untaggedDays":1},{"keepLast":10}],
         "access":{"pull":["012345678901",210987654321]},"tags":{"on":"yes"}},"base/node":{}}}
        """)]
    [InlineData("state.psd1", """
        @{ Repositories = @{
            'jwt-pizza-service' = @{
                Lifecycle = @{ UntaggedDays = 1 }, @{ KeepLast = 10 }
                Access = @{ Pull = @('012345678901'; 210987654321) }
                Tags = @{ on = 'yes' } }
            'base/node' = @{} } }
        """)]
    public async Task The_formats_say_the_same(string name, string text)
    {
        PizzaState state = await ReadAsync(name, text);
        Assert.Null(state.Roles);
        Assert.Equal(["jwt-pizza-service", "base/node"], state.Repositories!.Select(r => r.Key));
        RepositoryState repository = state.For("jwt-pizza-service");
        Assert.Equal([LifecycleRule.UntaggedAfter(1) with { Priority = 1 }, LifecycleRule.KeepLast(10) with { Priority = 2 }],
            repository.Lifecycle!);
        Assert.Equal(["012345678901", "210987654321"], repository.Pull!);
        Assert.Equal("yes", repository.Tags!["on"]);
    }

    [Fact]
    public async Task Defaults_stand_below_patterns_and_those_below_names()
    {
        PizzaState state = await ReadAsync("layers.yml", """
            defaults: { scanOnPush: false, tags: { team: none, cost: low } }
            repositories:
              team/api: { tags: { team: api } }
              team/*: { scanOnPush: true, imageTagMutability: IMMUTABLE, mutabilityExclusion: [latest], tags: { team: t } }
              team/a*: { imageTagMutability: MUTABLE }
              other: {}
            """);
        Assert.Equal((true, "MUTABLE", null),
            (state.For("team/api").ScanOnPush, state.For("team/api").ImageTagMutability, state.For("team/api").MutabilityExclusion));
        Assert.Equal(new Dictionary<string, string> { ["team"] = "api", ["cost"] = "low" }, state.For("team/api").Tags);
        Assert.Equal("IMMUTABLE_WITH_EXCLUSION", state.For("team/web").Settings.ImageTagMutability);
        Assert.Equal((false, null), (state.For("other").ScanOnPush, state.For("other").ImageTagMutability));
        Assert.True(state.Holds("team/new"));
        Assert.False(state.Holds("elsewhere"));
        Assert.Equal(["team/api", "other"], state.Names);
    }

    // All that a YAML or a PowerShell parser may take for something else.
    private static readonly Gen<string> s_text = Gen.Elements("", "n", "yes", "10", "0x1", "1e3", "true", "~", "null", "a: b", "a:", "#x", "x #y",
        "it's", "\u2019", "\u201aa", "$x", "`a", "- a", "*", "&a", "!a", "%a", "@a", "a\tb", "a\nb", "\"", "\\", " a", "a ", "é", "{a}", "[a]",
        "012345678901", "?", "2026-11-27", ".5", "=", "<<", "repo:o/r:ref:refs/heads/main");

    [Fact]
    public void Every_format_gives_back_every_text()
    {
        Gen<PizzaState> states = from keys in s_text.NonEmptyListOf()
            from values in s_text.ListOf(50)
            select new PizzaState
            {
                Repositories =
                [
                    KeyValuePair.Create("api", new RepositoryState
                    {
                        Tags = keys.Where(k => k.Length > 0).Distinct().Zip(values, KeyValuePair.Create).ToDictionary(), ScanOnPush = false,
                        OtherStatements = keys.Distinct().Zip(values, KeyValuePair.Create).ToDictionary(),
                    }),
                ],
            };
        Prop.ForAll(states.ToArbitrary(), state =>
        {
            JsonObject tree = StateWriter.Write(state);
            foreach (StateFormat format in Enum.GetValues<StateFormat>())
            {
                string file = Path.Combine(_folder, $"all.{format}".Replace("Yaml", "yml", StringComparison.Ordinal));
                File.WriteAllText(file, StateText.Write(tree, format));
                PizzaState read = StateFiles.ReadAsync(file, StateFileCmdlet.ReadData, CancellationToken.None).GetAwaiter().GetResult();
                Assert.Equal(tree.ToJsonString(), StateWriter.Write(read).ToJsonString());
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("state.txt", "UnknownStateFormat")]
    [InlineData("missing.yml", "StateFileNotFound")]
    public async Task A_file_that_is_not_there_or_of_no_format_is_named(string name, string id)
    {
        string file = Path.Combine(_folder, name);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(
            () => StateFiles.ReadAsync(file, StateFileCmdlet.ReadData, TestContext.Current.CancellationToken));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_that_ships_is_that_of_the_reader() =>
        Assert.Equal(StateSchema.Text(),
            File.ReadAllText(RepositoryRoot.File("src", "module", "pizza-state.schema.json")).ReplaceLineEndings("\n"));
}
