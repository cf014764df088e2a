using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Registry;

/// <summary>Whom a registry's password and tokens are told, and how uploads go in parts.</summary>
public sealed class RegistryTrustTests
{
    private static readonly byte[] s_layer = [.. Enumerable.Range(0, 25).Select(i => (byte)i)];

    [Fact]
    public async Task Another_registry_is_asked_without_a_login_first_and_then_gets_the_token_that_it_wants()
    {
        int logins = 0;
        await using ScriptedServer server = new((r, _) => (r.Target, r.Headers.GetValueOrDefault("Authorization")) switch
        {
            ("/token?service=r&scope=repository%3Aa%2Fb%3Apull", "Basic bWU6c2VjcmV0") => Answer.Json("""{"access_token":"t"}"""),
            (_, "Bearer t") => Answer.Json("""{"schemaVersion":2}"""),
            var (_, who) => Challenge(r, "r", "repository:a/b:pull"),
        });
        OciRepository registry = At(server,
            _ => { logins++; return Task.FromResult<RegistryLogin?>(new("me", "secret", DateTimeOffset.MaxValue, server.Url)); });
        Assert.NotNull(await registry.GetManifestAsync("v1", Sessions.Soon));
        Assert.NotNull(await registry.GetManifestAsync("v2", Sessions.Soon));
        Assert.Equal((1, 4), (logins, server.Requests.Count));
        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_token_that_docker_keeps_is_changed_for_another_in_the_body_of_a_request()
    {
        await using ScriptedServer server =
            new((r,
                _) =>
                r.Method == "POST"
                    ? Answer.Json("""{"access_token":"t"}""")
                    : r.Headers.GetValueOrDefault("Authorization") == "Bearer t"
                        ? Answer.Json("""{"schemaVersion":2}""") : Challenge(r, "r", "s"));
        Assert.NotNull(
            await At(server, _ => Task.FromResult<RegistryLogin?>(new("<token>", "refresh", DateTimeOffset.MaxValue, server.Url)))
                .GetManifestAsync("v1", Sessions.Soon));
        ScriptedRequest post = server.Requests.Single(r => r.Method == "POST");
        Assert.Contains("grant_type=refresh_token", post.Text, StringComparison.Ordinal);
        Assert.Contains("refresh_token=refresh", post.Text, StringComparison.Ordinal);
        Assert.False(post.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_redirect_to_storage_takes_neither_password_nor_token_along()
    {
        await using ScriptedServer storage = new((_, _) => new Answer(200, Encoding.ASCII.GetString(s_layer)));
        await using ScriptedServer server =
            new((_,
                _) => new Answer(307, "") { Headers = new Dictionary<string, string> { ["Location"] = storage.Url + "/blob?right=1" } });
        OciRepository registry = new(new Uri(server.Url).Authority, "a/b",
            _ => Task.FromResult<RegistryLogin?>(new("AWS", "secret", DateTimeOffset.MaxValue, server.Url))) { IsOfAws = true };
        Assert.Equal(s_layer, await registry.ReadBlobAsync(new("layer", Digest.Of(s_layer), s_layer.Length), Sessions.Soon));
        Assert.True(server.Requests[0].Headers.ContainsKey("Authorization"));
        Assert.False(Assert.Single(storage.Requests).Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/x")]
    public async Task A_redirect_to_anything_but_the_web_is_not_followed(string location)
    {
        await using ScriptedServer server =
            new((_, _) => new Answer(307, "") { Headers = new Dictionary<string, string> { ["Location"] = location } });
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                At(server, null).ReadBlobAsync(new("layer", Digest.Of(s_layer), s_layer.Length), Sessions.Soon));
        Assert.Equal(PizzaErrorKind.Unavailable, e.Kind);
        Assert.Contains(location.Split(':')[0], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        await using ScriptedServer server =
            new((r,
                i) =>
                i == 0 ? new Answer(200, Encoding.ASCII.GetString(s_layer[..10])) { Missing = 15 }
                    : new Answer(206, Encoding.ASCII.GetString(s_layer[10..])));
        Assert.Equal(s_layer, await At(server, null).ReadBlobAsync(new("layer", Digest.Of(s_layer), s_layer.Length), Sessions.Soon));
        Assert.Equal("bytes=10-", server.Requests[1].Headers["Range"]);
    }

    [Fact]
    public async Task The_password_of_ECR_goes_to_no_host_that_it_was_not_given_for()
    {
        await using ScriptedServer server = new((r, _) => Answer.Json(r.Operation == "GetAuthorizationToken"
            ? """{"authorizationData":[{"authorizationToken":"QVdTOnNlY3JldA==","expiresAt":1763793200,"proxyEndpoint":"https://123456789012.dkr.ecr.us-east-1.amazonaws.com"}]}"""
            : """{"repositories":[{"repositoryArn":"a","registryId":"123456789012","repositoryName":"pizza","repositoryUri":"123456789012.dkr.ecr.us-east-1.evil.example/pizza"}]}"""));
        using AwsSession aws = Sessions.Open(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                new EcrRepository(aws, ImageReference.Parse("pizza"), null).HasBlobAsync(Digest.Of(s_layer), Sessions.Soon));
        Assert.Equal("RegistryMismatch", e.ErrorId);
        Assert.Contains("evil.example", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_blob_goes_up_in_parts_and_a_part_that_fails_is_sent_alone_again()
    {
        int parts = 0;
        await using ScriptedServer server = new((r, _) => r.Method switch
        {
            "POST" => Opened("/v2/a/b/blobs/uploads/1"),
            "PATCH" when ++parts == 2 => new Answer(503, ""),
            "PATCH" => Opened($"/v2/a/b/blobs/uploads/1?at={parts}"),
            _ => new Answer(201, ""),
        });
        OciRepository registry = InParts(server);
        long sent = 0;
        Assert.False(await registry.PutBlobAsync(Source(), n => sent += n, null, Sessions.Soon));
        Assert.Equal(["POST", "PATCH", "PATCH", "PATCH", "PATCH", "PUT"], server.Requests.Select(r => r.Method));
        Assert.Equal(["0-9", "10-19", "10-19", "20-24"],
            server.Requests.Where(r => r.Method == "PATCH").Select(r => r.Headers["Content-Range"]));
        Assert.Equal(Encoding.ASCII.GetString(s_layer),
            string.Concat(server.Requests.Where((r, i) => r.Method == "PATCH" && i != 2).Select(r => r.Text)));
        Assert.Equal(25, sent);
    }

    [Fact]
    public async Task A_part_that_arrived_though_its_answer_was_lost_is_not_an_error()
    {
        int parts = 0;
        await using ScriptedServer server = new((r, _) => r.Method switch
        {
            "POST" => Opened("/v2/a/b/blobs/uploads/1"),
            "PATCH" when ++parts == 1 => Answer.Drop,
            "PATCH"
                when r.Headers["Content-Range"] == "0-9" =>
                new Answer(416,
                    "") { Headers = new Dictionary<string, string> { ["Range"] = "0-9", ["Location"] = "/v2/a/b/blobs/uploads/1" } },
            "PATCH" => Opened("/v2/a/b/blobs/uploads/1"),
            _ => new Answer(201, ""),
        });
        Assert.False(await InParts(server).PutBlobAsync(Source(), _ => { }, null, Sessions.Soon));
        Assert.Equal("PUT", server.Requests[^1].Method);
    }

    [Fact]
    public void ECR_gets_parts_of_5_to_10_MiB_and_few_at_a_time_and_this_machine_whole_blobs()
    {
        UploadPolicy ecr = UploadPolicy.Of("123456789012.dkr.ecr.us-east-1.amazonaws.com", isEcr: true);
        Assert.InRange(ecr.PartSize!.Value, 5 << 20, 10 << 20);
        Assert.InRange(ecr.Parallel, 2, 4);
        Assert.Null(UploadPolicy.Of("127.0.0.1:5000", isEcr: true).PartSize);
        Assert.Null(UploadPolicy.Of("ghcr.io", isEcr: false).PartSize);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_registry_does_not_answer_after_the_last_byte_is_waited_for_within_one_bound(bool inParts)
    {
        await using ScriptedServer server = new((r, _) => r.Method switch
        {
            "POST" or "PATCH" => Opened("/v2/a/b/blobs/uploads/1"),
            "PUT" => Answer.Hang,
            _ => new Answer(404, ""),
        });
        Retry retry = Retry.Usual with { FirstWait = TimeSpan.FromMilliseconds(1), Storing = TimeSpan.FromMilliseconds(300) };
        OciRepository registry = inParts ? InParts(server, retry) : At(server, null, retry);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => registry.PutBlobAsync(Source(), _ => { }, null, Sessions.Soon));
        Assert.Equal("RegistryUnreachable", e.ErrorId);
        Assert.Equal(1, server.Requests.Count(r => r.Method == "PUT"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_whose_last_answer_was_lost_is_looked_for_before_it_is_sent_again(bool inParts)
    {
        await using ScriptedServer server = new((r, _) => r.Method switch
        {
            "POST" or "PATCH" => Opened("/v2/a/b/blobs/uploads/1"),
            "PUT" => Answer.Drop,
            _ => new Answer(200, ""),
        });
        Assert.False(await (inParts ? InParts(server) : At(server, null)).PutBlobAsync(Source(), _ => { }, null, Sessions.Soon));
        Assert.Equal("HEAD", server.Requests[^1].Method);
        Assert.Equal(1, server.Requests.Count(r => r.Method == "PUT"));
    }

    [Fact]
    public async Task A_wait_beyond_the_bound_is_told_and_not_waited_for()
    {
        await using ScriptedServer server =
            new((_, _) => new Answer(429, "") { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => At(server, null).GetManifestAsync("v1", Sessions.Soon));
        Assert.Equal("ThrottlingException", e.ErrorId);
        Assert.Contains("3600 seconds", e.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("""{"auths":{"https://ghcr.io":{"auth":"bWU6c2VjcmV0"}}}""", "ghcr.io", "me", "secret")]
    [InlineData("""{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6c2VjcmV0"}}}""", "docker.io", "me", "secret")]
    [InlineData("""{"auths":{"r.azurecr.io":{"auth":"","identitytoken":"refresh"}}}""", "r.azurecr.io", "<token>", "refresh")]
    [InlineData("""{"auths":{"ghcr.io":{"auth":"bWU6c2VjcmV0"}}}""", "quay.io", null, null)]
    [InlineData("""{}""", "quay.io", null, null)]
    public async Task A_login_of_docker_is_found_where_docker_keeps_it(string settings, string host, string? user, string? password)
    {
        string folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), settings, Sessions.Soon);
            RegistryLogin? login =
                await new DockerCredentials(new(name => name == "DOCKER_CONFIG" ? folder : null)).FindAsync(host, Sessions.Soon);
            Assert.Equal((user, password), (login?.User, login?.Password));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Fact]
    public async Task A_helper_that_is_not_there_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("pizza-test-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), """{"credsStore":"nowhere-at-all"}""", Sessions.Soon);
            PizzaException e =
                await Assert.ThrowsAsync<PizzaException>(() =>
                    new DockerCredentials(new(name => name == "DOCKER_CONFIG" ? folder : null)).FindAsync("ghcr.io", Sessions.Soon));
            Assert.Equal("CredentialHelperMissing", e.ErrorId);
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static Answer Opened(string location) => new(202, "") { Headers = new Dictionary<string, string> { ["Location"] = location } };

    private static Answer Challenge(ScriptedRequest request, string service, string scope) =>
        new(401,
            "") { Headers =
                new Dictionary<string, string> { ["WWW-Authenticate"] =
                    $"Bearer realm=\"http://{request.Headers["Host"]}/token\",service=\"{service}\",scope=\"{scope}\"" } };

    private static BlobSource Source() =>
        new(new("layer", Digest.Of(s_layer), s_layer.Length), (from, _) => Task.FromResult<Stream>(new MemoryStream(s_layer[(int)from..])),
            () => throw new InvalidOperationException());

    private static OciRepository InParts(ScriptedServer server, Retry? retry = null) =>
        new(new Uri(server.Url).Authority, "a/b", _ => Task.FromResult<RegistryLogin?>(null))
        {
            Upload = new(10, 2), Retry = retry ?? new(3, TimeSpan.FromMilliseconds(1)),
        };

    private static OciRepository At(ScriptedServer server, Func<CancellationToken, Task<RegistryLogin?>>? login, Retry? retry = null) =>
        new(new Uri(server.Url).Authority, "a/b",
            login ?? (_ => Task.FromResult<RegistryLogin?>(null))) { Retry = retry ?? new(3, TimeSpan.FromMilliseconds(1)) };
}
