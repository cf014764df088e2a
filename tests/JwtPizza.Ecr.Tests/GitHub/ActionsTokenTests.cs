using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.GitHub;

/// <summary>The runner's token service: asked as the actions toolkit asks it.</summary>
public sealed class ActionsTokenTests
{
    private const int Patience = 30_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ActionsTokenClient Client(string? url, string? key = "the-key", string? actions = "true") => new(name => name switch
    {
        "ACTIONS_ID_TOKEN_REQUEST_URL" => url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" => key,
        "GITHUB_ACTIONS" => actions,
        _ => null,
    });

    private static async Task<PizzaException> FailAsync(ActionsTokenClient client) =>
        await Assert.ThrowsAsync<PizzaException>(() => client.GetAsync("sts.amazonaws.com", Cancel));

    [Theory(Timeout = Patience)]
    [InlineData("/idtoken?api-version=2.0", "/idtoken?api-version=2.0&audience=api%3A%2F%2Fa%20b")]
    [InlineData("/idtoken", "/idtoken?audience=api%3A%2F%2Fa%20b")]
    public async Task The_audience_is_asked_for_with_the_runners_key(string path, string target)
    {
        await using ScriptedServer server = new(Answer.Json("""{"count":3,"value":"a.b.c"}"""));
        Assert.Equal("a.b.c", await Client(server.Url + path).GetAsync("api://a b", Cancel));
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal(("GET", target, "bearer the-key"), (request.Method, request.Target, request.Headers["Authorization"]));
    }

    [Fact(Timeout = Patience)]
    public async Task Trouble_of_a_moment_is_borne()
    {
        await using ScriptedServer server = new(Answer.Html(503), Answer.Drop, Answer.Json("""{"value":"a.b.c"}"""));
        Assert.Equal("a.b.c", await Client(server.Url).GetAsync("x", Cancel));
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory(Timeout = Patience)]
    [InlineData(null, "the-key")]
    [InlineData("http://127.0.0.1:1/", null)]
    [InlineData("", "")]
    public async Task A_job_that_may_not_ask_is_told_the_lines_to_add(string? url, string? key)
    {
        PizzaException e = await FailAsync(Client(url, key));
        Assert.Equal(("IdTokenPermissionMissing", PizzaErrorKind.PermissionDenied), (e.ErrorId, e.Kind));
        Assert.Contains("  permissions:\n    id-token: write\n    contents: read\n", e.Message.ReplaceLineEndings("\n"),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task Elsewhere_it_is_said_that_this_is_no_job() =>
        Assert.Equal("NotInGitHubActions", (await FailAsync(Client(null, null, null))).ErrorId);

    [Theory(Timeout = Patience)]
    [InlineData("http://example.com/idtoken")]
    [InlineData("ftp://127.0.0.1/idtoken")]
    [InlineData("nonsense")]
    public async Task The_key_is_sent_to_no_address_that_others_can_listen_at(string url)
    {
        PizzaException e = await FailAsync(Client(url));
        Assert.Equal("InvalidTokenRequestUrl", e.ErrorId);
        Assert.DoesNotContain("the-key", e.ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData(401, "{}", "ActionsTokenRefused")]
    [InlineData(200, "{}", "ActionsTokenRefused")]
    [InlineData(200, "<html>", "ActionsTokenRefused")]
    [InlineData(200, """{"value":null}""", "ActionsTokenRefused")]
    public async Task A_refusal_or_another_answer_is_told_without_the_key(int status, string body, string id)
    {
        await using ScriptedServer server = new(Answer.Json(body, status));
        PizzaException e = await FailAsync(Client(server.Url));
        Assert.Equal(id, e.ErrorId);
        Assert.DoesNotContain("the-key", e.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact(Timeout = Patience)]
    public async Task A_network_that_is_gone_is_told() =>
        Assert.Equal("ServiceUnreachable", (await FailAsync(Client("http://127.0.0.1:9/x"))).ErrorId);
}
