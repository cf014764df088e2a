using System.Net;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>A host for each registry, where the machine resolves it.</summary>
public sealed class RegistryHostTests
{
    private const string Mine = "123456789012.dkr.ecr.us-east-1.localhost", Other = "123456789012.dkr.ecr.eu-west-1.localhost";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost")]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com")]
    [InlineData("12345678901.dkr.ecr.us-east-1.localhost")]
    [InlineData("123456789012.dkr.ecr.us-east-1.localhost:80")]
    [InlineData("123456789012.dkr.ecr.us-east-1.localhost.evil.example")]
    public void A_name_that_is_none_of_a_registry_here_is_refused(string name)
    {
        PizzaException refused = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { RegistryHosts = [name] }));
        Assert.Equal("InvalidRegistryHost", refused.ErrorId);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_leads_nowhere_is_refused_with_the_line_to_add()
    {
        Assert.SkipWhen(Resolves("999999999999.dkr.ecr.us-east-1.localhost"), "This machine resolves every name under localhost.");
        PizzaException refused =
            Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { RegistryHosts = ["999999999999.dkr.ecr.us-east-1.localhost"] }));
        Assert.Contains("Add the line '127.0.0.1 999999999999.dkr.ecr.us-east-1.localhost'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task URIs_and_logins_name_the_host_and_a_login_opens_the_registry_of_its_host_alone()
    {
        Assert.SkipUnless(Resolves(Mine) && Resolves(Other), $"This machine does not resolve {Mine} and {Other}.");
        await using TestSandbox sandbox = new(new SandboxOptions { RegistryHosts = [Mine, Other] });
        int port = new Uri(sandbox.Info.EndpointUrl).Port;
        foreach ((string host, string region) in new[] { (Mine, "us-east-1"), (Other, "eu-west-1") })
        {
            JsonObject made = await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" }, region);
            Assert.Equal($"{host}:{port}/pizza", (string)made["repository"]!["repositoryUri"]!);
            JsonNode login = (await sandbox.Ecr("GetAuthorizationToken", new { }, region))["authorizationData"]![0]!;
            Assert.Equal($"http://{host}:{port}", (string)login["proxyEndpoint"]!);
            string token = (string)login["authorizationToken"]!;
            Assert.Equal(HttpStatusCode.OK, await Ping(sandbox, $"{host}:{port}", token));
            Assert.Equal(HttpStatusCode.OK, await Ping(sandbox, $"127.0.0.1:{port}", token));
            Assert.Equal(HttpStatusCode.Unauthorized, await Ping(sandbox, $"{(host == Mine ? Other : Mine)}:{port}", token));
        }
        JsonObject elsewhere = await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" }, "eu-central-1");
        Assert.StartsWith($"127.0.0.1:{port}/", (string)elsewhere["repository"]!["repositoryUri"]!, StringComparison.Ordinal);
        // it was not named
        Assert.Equal(HttpStatusCode.NotFound, await Ping(sandbox, $"210987654321.dkr.ecr.us-east-1.localhost:{port}", ""));
    }

    private static async Task<HttpStatusCode> Ping(TestSandbox sandbox, string host, string token)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v2/");
        request.Headers.Host = host;
        request.Headers.Authorization = new("Basic", token);
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private static bool Resolves(string name)
    {
        try { return Array.TrueForAll(Dns.GetHostAddresses(name), IPAddress.IsLoopback); }
        catch (System.Net.Sockets.SocketException) { return false; }
    }
}
