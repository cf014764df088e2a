using System.Net;
using JwtPizza.Ecr.Services.GitHub;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The stand-in for GitHub's REST API, asked by the client that asks the real one.</summary>
public sealed class GitHubDoorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private static readonly GitHubRepository s_repository = GitHubRepository.Parse("my-account/jwt-pizza-service");

    [Fact]
    public async Task A_repository_has_the_same_numbers_in_every_sandbox_and_is_an_old_one()
    {
        await using TestSandbox one = new(), other = new();
        GitHubFacts facts = await Ask(one, s_repository), same = await Ask(other, GitHubRepository.Parse("My-Account/JWT-pizza-service")),
            neighbour = await Ask(one, GitHubRepository.Parse("my-account/x"));
        Assert.Equal(("my-account/jwt-pizza-service", false), (facts.Repository.ToString(), facts.Immutable));
        Assert.Equal((facts.Repository.OwnerId, facts.Repository.RepositoryId), (same.Repository.OwnerId, same.Repository.RepositoryId));
        Assert.Equal(facts.Repository.OwnerId, neighbour.Repository.OwnerId);
        Assert.NotEqual(facts.Repository.RepositoryId, neighbour.Repository.RepositoryId);
        Assert.Empty(facts.Template);
        Assert.True(facts.CreatedAt < new DateTimeOffset(2026, 7, 15, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_repository_whose_numbers_were_named_is_a_new_one_with_these_numbers()
    {
        await using TestSandbox sandbox = new();
        sandbox.Box.IssueGitHubToken(
            new() { Repository = s_repository with { OwnerId = 11, RepositoryId = 22 }, Scope = SubjectScope.Branch("main") });
        GitHubFacts facts = await Ask(sandbox, s_repository);
        Assert.Equal((11, 22, true), (facts.Repository.OwnerId, facts.Repository.RepositoryId, facts.Immutable));
        Assert.True(facts.CreatedAt > new DateTimeOffset(2026, 7, 16, 0, 0, 0, TimeSpan.Zero));
        string token = sandbox.Box.IssueGitHubToken(new() { Repository = s_repository, Scope = SubjectScope.Branch("main") });
        Assert.Equal("repo:my-account@11/jwt-pizza-service@22:ref:refs/heads/main", sandbox.Box.Explain("github-ci", token).Subject);
    }

    [Fact]
    public async Task Tokens_of_the_immutable_form_carry_the_numbers_that_the_API_tells()
    {
        await using TestSandbox sandbox = new();
        GitHubRepository known = (await Ask(sandbox, s_repository)).Repository;
        string token =
            sandbox.Box.IssueGitHubToken(new() { Repository = s_repository, Scope = SubjectScope.Branch("main"), Immutable = true });
        Assert.Equal($"repo:my-account@{known.OwnerId}/jwt-pizza-service@{known.RepositoryId}:ref:refs/heads/main",
            sandbox.Box.Explain("github-ci", token).Subject);
    }

    [Theory]
    [InlineData("repos/o/r/actions")]
    [InlineData("repos/o")]
    [InlineData("repos/-/r")]
    [InlineData("repos/o@1/r@2")]
    [InlineData("user")]
    public async Task What_it_does_not_have_is_not_found(string path)
    {
        await using TestSandbox sandbox = new();
        using HttpResponseMessage answer = await sandbox.Http.GetAsync($"/_github/api/{path}", Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("\"message\":\"Not Found\"", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using HttpResponseMessage write =
            await sandbox.Http.PutAsync("/_github/api/repos/o/r/actions/oidc/customization/sub", new StringContent("{}"), Stop);
        Assert.Equal(HttpStatusCode.NotFound, write.StatusCode);
    }

    private static async Task<GitHubFacts> Ask(TestSandbox sandbox, GitHubRepository repository)
    {
        using GitHubApi api = new(sandbox.Box.Info.GitHubApiUrl, token: "");
        GitHubAnswer answer = await api.AskAsync(repository, Stop);
        Assert.Null(answer.Trouble);
        return answer.Facts!;
    }
}
