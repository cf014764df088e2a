using System.Text.Json;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Workflows;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>The real gh, before a GitHub of ours: gh calls the host github.localhost without TLS, and the proxy that it is told of is our
/// server.</summary>
public sealed class WorkflowSecretPeerTests
{
    private const int SealedBoxOverhead = 48;   // https://doc.libsodium.org/public-key_cryptography/sealed_boxes

    [Theory(Timeout = 60_000)]
    [InlineData(null, "/repos/my-account/jwt-pizza-service/actions/secrets/DB_PASSWORD")]
    [InlineData("production", "/environments/production/secrets/DB_PASSWORD")]
    public async Task gh_encrypts_just_the_value_and_puts_it_where_it_belongs(string? environment, string path)
    {
        Assert.SkipUnless(await Peer.Succeeds("gh", "--version"), "The GitHub CLI (gh) is not on this machine.");
        await using ScriptedServer gitHub = new((request, _) => request.Target.EndsWith("/public-key", StringComparison.Ordinal)
            ? Answer.Json($$"""{"key_id":"7","key":"{{Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)])}}"}""")
            : Answer.Json("{}", request.Method == "PUT" ? 201 : 200));
        using FakeProgram gh =
            new("gh",
                $"export GH_HOST=github.localhost GH_TOKEN=x GH_CONFIG_DIR=\"$here\" http_proxy='{gitHub.Url}' " +
                $"HTTP_PROXY='{gitHub.Url}' no_proxy= NO_PROXY=\nexec gh \"$@\"");
        using HiddenText value = new("käse 🍕".ToCharArray());
        await new WorkflowSecretService(new GhProgram(gh.Program))
            .SetAsync(GitHubRepository.Parse("my-account/jwt-pizza-service"), "db_password", value, environment,
                TestContext.Current.CancellationToken);
        ScriptedRequest put = Assert.Single(gitHub.Requests, r => r.Method == "PUT");
        Assert.EndsWith(path, put.Target, StringComparison.Ordinal);
        using JsonDocument body = JsonDocument.Parse(put.Text);
        Assert.Equal("7", body.RootElement.GetProperty("key_id").GetString());
        Assert.Equal("käse 🍕"u8.Length + SealedBoxOverhead, body.RootElement.GetProperty("encrypted_value").GetBytesFromBase64().Length);
    }
}
