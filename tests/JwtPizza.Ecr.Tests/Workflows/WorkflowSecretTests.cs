using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Workflows;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class WorkflowSecretTests
{
    private const string Record =
        "for a in \"$@\"; do printf '[%s]' \"$a\"; done > \"$here/argv\"; env > \"$here/env\"; cat > \"$here/stdin\"";
    private static readonly GitHubRepository s_repository = GitHubRepository.Parse("my-account/jwt-pizza-service");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("AWS_ACCOUNT", "AWS_ACCOUNT")]
    [InlineData("db_password", "DB_PASSWORD")]
    [InlineData("_1", "_1")]
    [InlineData("MY_GITHUB_TOKEN", "MY_GITHUB_TOKEN")]
    public void A_name_is_kept_in_capitals(string name, string kept) => Assert.Equal(kept, WorkflowSecret.CheckName(name));

    [Theory]
    [InlineData("")]
    [InlineData("1A")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("github_x")]
    [InlineData("A-B")]
    [InlineData("A B")]
    [InlineData("A\n")]
    [InlineData("PRÄFIX")]
    [InlineData("--body")]
    public void A_name_that_GitHub_refuses_is_an_error(string name) =>
        Assert.Equal("InvalidSecretName", Assert.Throws<PizzaException>(() => WorkflowSecret.CheckName(name)).ErrorId);

    [Fact(Timeout = 30_000)]
    public async Task The_value_goes_to_the_input_of_gh_and_nowhere_else()
    {
        using FakeProgram fake = new("gh", Record);
        WorkflowSecret secret = await Set(fake, "db_password", "s3cret \"$HOME\"\nzwei");
        Assert.Equal(("my-account/jwt-pizza-service", "DB_PASSWORD", null), (secret.Repository, secret.Name, secret.Environment));
        Assert.Equal("[secret][set][DB_PASSWORD][--repo=my-account/jwt-pizza-service]", fake.Read("argv"));
        Assert.Equal("s3cret \"$HOME\"\nzwei", fake.Read("stdin"));
        Assert.DoesNotContain("s3cret", fake.Read("env"), StringComparison.Ordinal);
        Assert.Contains("GH_PROMPT_DISABLED=1", fake.Read("env"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_environment_is_named_whatever_it_is_called()
    {
        using FakeProgram fake = new("gh", Record);
        Assert.Equal("--odd name", (await Set(fake, "A", "x", "--odd name")).Environment);
        Assert.EndsWith("[--env=--odd name]", fake.Read("argv"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("\r\n")]
    public async Task An_empty_value_is_refused_before_gh_is_asked(string value)
    {
        using FakeProgram fake = new("gh", Record);
        Assert.Equal("InvalidSecretValue", (await Assert.ThrowsAsync<PizzaException>(() => Set(fake, "A", value))).ErrorId);
        Assert.False(fake.Has("argv"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(WorkflowSecret.MaximumBytes, true)]
    [InlineData(WorkflowSecret.MaximumBytes + 1, false)]
    public async Task A_value_may_have_48_KB(int bytes, bool fits)
    {
        using FakeProgram fake = new("gh", Record);
        string value = "é" + new string('x', bytes - 2);
        if (fits) await Set(fake, "A", value);
        else Assert.Equal(PizzaErrorKind.LimitExceeded, (await Assert.ThrowsAsync<PizzaException>(() => Set(fake, "A", value))).Kind);
        Assert.Equal(fits, fake.Has("stdin"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("echo 'To get started with GitHub CLI, please run:  gh auth login' >&2; exit 4", "GhNotLoggedIn",
        PizzaErrorKind.Authentication)]
    [InlineData("echo 'HTTP 401: Bad credentials (https://api.github.com/...)' >&2; exit 1", "GhNotLoggedIn",
        PizzaErrorKind.Authentication)]
    [InlineData("echo 'failed to fetch public key: HTTP 404: Not Found (https://api.github.com/...)' >&2; exit 1", "GitHubRefused",
        PizzaErrorKind.NotFound)]
    [InlineData("echo 'failed to fetch public key: HTTP 403: Resource not accessible by personal access token' >&2; exit 1",
        "GitHubRefused", PizzaErrorKind.PermissionDenied)]
    [InlineData("echo 'error connecting to api.github.com' >&2; exit 1", "GitHubUnavailable", PizzaErrorKind.Unavailable)]
    [InlineData("echo 'HTTP 502: Bad Gateway' >&2; exit 1", "GitHubUnavailable", PizzaErrorKind.Unavailable)]
    [InlineData("exit 2", "GhFailed", PizzaErrorKind.OperationFailed)]
    public async Task What_gh_says_is_told_in_our_words_and_its_own(string script, string id, PizzaErrorKind kind)
    {
        using FakeProgram fake = new("gh", $"cat >/dev/null; {script}");
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Set(fake, "A", "s3cret"));
        Assert.Equal((id, kind), (e.ErrorId, e.Kind));
        if (script.Contains("HTTP", StringComparison.Ordinal)) Assert.Contains("gh says:\n  ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelling_ends_gh()
    {
        using FakeProgram fake = new("gh", "echo $$ > \"$here/pid\"; exec sleep 3600");
        using CancellationTokenSource cancel = new();
        Task running =
            new WorkflowSecretService(new GhProgram(fake.Program)).SetAsync(s_repository, "A", new("x".ToCharArray()), null, cancel.Token);
        await fake.WaitForAsync("pid");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task<WorkflowSecret> Set(FakeProgram fake, string name, string value, string? environment = null)
    {
        using HiddenText hidden = new(value.ToCharArray());
        return await new WorkflowSecretService(new GhProgram(fake.Program)).SetAsync(s_repository, name, hidden, environment, Token);
    }
}
