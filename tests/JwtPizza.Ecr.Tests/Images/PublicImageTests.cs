using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>Images of ECR Public, whose manifests only the registry hands out, for a token that its password is changed for.</summary>
public sealed class PublicImageTests : IAsyncDisposable
{
    private readonly EcrSandbox _box = EcrSandbox.Start(new());
    private readonly AwsSession _aws;

    public PublicImageTests() =>
        _aws = AwsSession.Open(
            new()
            {
                EndpointUrl = _box.Info.EndpointUrl, Region = "eu-central-1", AccessKey = _box.Info.AccessKey,
                SecretKey = _box.Info.SecretKey,
            });

    public async ValueTask DisposeAsync()
    {
        _aws.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task An_index_and_its_children_are_one_row()
    {
        Repository repository = await _aws.EcrPublic.CreateRepositoryAsync("pizza", null, null, Sessions.Soon);
        await using TestSandbox client = TestSandbox.At(_box.Info);
        RegistryLogin login = await _aws.EcrPublic.GetAuthorizationTokenAsync(Sessions.Soon);
        Sandbox.RegistryClient registry = await Sandbox.RegistryClient.OpenPublic(client, "pizza",
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{login.User}:{login.Password}")));
        Digest index =
            await registry.PushIndex("latest", await registry.PushImage("one", "@"), await registry.PushImage("two", "@", "amd64"));
        ImageListing listing = new(new EcrPublicRepository(_aws.EcrPublic, repository), repository, new Progress<string>());
        EcrImage row = Assert.Single(await Sessions.ListAsync(listing.ListAsync(new(), Sessions.Soon)));
        Assert.Equal((index.Value, true, "us-east-1"), (row.ImageDigest, row.IsPublic, row.Region));
        Assert.Equal(2, row.Children.Length);
        Assert.Equal(index.Value, (await listing.GetAsync("latest", Sessions.Soon)).ImageDigest);
        Assert.Equal("ImageNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => listing.GetAsync("nothing", Sessions.Soon))).ErrorId);
    }

    [Fact]
    public async Task A_token_that_is_refused_in_the_middle_is_asked_for_anew()
    {
        int logins = 0;
        await using ScriptedServer server = new((r, n) => (r.Target, r.Headers.GetValueOrDefault("Authorization")) switch
        {
            ("/token/?service=public.ecr.aws&scope=aws", "Basic QVdTOnAx") => Answer.Json("""{"token":"old"}"""),
            ("/token/?service=public.ecr.aws&scope=aws", "Basic QVdTOnAy") => Answer.Json("""{"token":"new"}"""),
            (_, "Bearer new") => Answer.Json("""{"schemaVersion":2}"""),
            var (_, who) =>
                new Answer(401,
                    "") { Headers =
                        new Dictionary<string, string> { ["WWW-Authenticate"] =
                            $"Bearer realm=\"http://{r.Headers["Host"]}/token/\",service=\"public.ecr.aws\",scope=\"aws\"" } },
        });
        OciRepository client = new(new Uri(server.Url).Authority, "a1b2c3d4/pizza",
            _ => Task.FromResult<RegistryLogin?>(new("AWS", $"p{++logins}", DateTimeOffset.UtcNow, server.Url))) { IsOfAws = true };
        Assert.NotNull(await client.GetManifestAsync("latest", Sessions.Soon));
        Assert.Equal(2, logins);
    }

    [Fact]
    public async Task A_password_is_not_sent_to_another_host()
    {
        await using ScriptedServer server =
            new((_,
                _) =>
                new Answer(401,
                    "") { Headers =
                        new Dictionary<string, string> { ["WWW-Authenticate"] =
                            "Bearer realm=\"http://127.0.0.1:9/token/\",service=\"x\"" } });
        OciRepository client = new(new Uri(server.Url).Authority, "a1b2c3d4/pizza",
            _ => Task.FromResult<RegistryLogin?>(new("AWS", "secret", DateTimeOffset.UtcNow, server.Url))) { IsOfAws = true };
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => client.GetManifestAsync("latest", Sessions.Soon));
        Assert.Equal("InvalidResponse", e.ErrorId);
        Assert.Contains("127.0.0.1:9", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic realm=\"x\"", null, null)]
    [InlineData("Bearer realm=\"https://public.ecr.aws/token/\",service=\"public.ecr.aws\",scope=\"aws\"",
        "https://public.ecr.aws/token/?service=public.ecr.aws&scope=aws", "aws")]
    [InlineData("Bearer realm=\"https://r.example/t\"", "https://r.example/t?service=&scope=repository%3Aa%2Fb%3Apull%2Cpush", null)]
    [InlineData("Bearer realm=\"nothing\"", null, null)]
    public void A_challenge_says_where_a_token_is_given(string header, string? url, string? scope)
    {
        using HttpResponseMessage reply = new(System.Net.HttpStatusCode.Unauthorized);
        reply.Headers.TryAddWithoutValidation("WWW-Authenticate", header);
        RegistryAuthorization.Challenge? challenge = RegistryAuthorization.Challenge.Of(reply);
        using HttpRequestMessage? request = challenge?.Request(new("AWS", "x", DateTimeOffset.MaxValue, "https://r.example"), "a/b");
        Assert.Equal((url, scope), (request?.RequestUri?.AbsoluteUri, challenge?.Scope));
    }
}
