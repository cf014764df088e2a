using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Web pages stay out, programs get in, and nobody holds a connection for ever. And what is for those who only look.</summary>
public sealed class VisitorTests
{
    public static TheoryData<string, string, string> Pages => new()
    {
        { "Origin", "https://evil.example", "/" }, { "Origin", "null", "/" }, { "Origin", "http://localhost:1", "/" },
        { "Referer", "https://evil.example/page", "/" },
        { "Sec-Fetch-Site", "cross-site", "/" }, { "Sec-Fetch-Site", "same-site", "/" }, { "Origin", "https://evil.example", "/v2/" },
        { "Origin", "https://evil.example", "/_sandbox/calls" },
        { "Origin", "https://evil.example", "/_github/api/repos/o/r" }, { "Sec-Fetch-Site", "cross-site", "/_sandbox/" },
        { "Origin", "https://evil.example", "/token/" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_web_page_is_refused_at_every_door(string header, string value, string path)
    {
        await using TestSandbox sandbox = new();
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using HttpRequestMessage request = new(method, path);
            request.Headers.TryAddWithoutValidation(header, value);
            if (path == "/") sandbox.Sign(request, "ecr", "us-east-1");
            using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    public async Task An_image_of_a_page_and_a_link_in_a_letter_delete_no_role(string header, string value)
    {
        await using TestSandbox sandbox = new();
        string query =
            $"/?Action=DeleteOpenIDConnectProvider&Version=2010-05-08&OpenIDConnectProviderArn={Uri.EscapeDataString("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com")}&X-Amz-Credential={sandbox.Info.AccessKey}/20261127/us-east-1/iam/aws4_request";
        using HttpRequestMessage request = new(HttpMethod.Get, query);
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        // a program's presigned request is one of AWS's
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Http.GetAsync(query, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:{port}")]
    [InlineData("127.0.0.1.nip.example:{port}")]
    public async Task A_name_that_only_leads_here_is_refused(string host)
    {
        await using TestSandbox sandbox = new();
        int port = new Uri(sandbox.Info.EndpointUrl).Port;
        string answer =
            await Ask(port,
                $"GET /_sandbox/calls HTTP/1.1\r\nHost: {host.Replace("{port}", $"{port}", StringComparison.Ordinal)}\r\nConnection: " +
                "close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 (403|404|400) ", answer);
        Assert.StartsWith("HTTP/1.1 200 ",
            await Ask(port, $"GET /_sandbox/calls HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_end_and_a_client_that_falls_silent_are_sent_away()
    {
        await using TestSandbox sandbox = new(new SandboxOptions { IdleLimit = TimeSpan.FromMilliseconds(300) });
        int port = new Uri(sandbox.Info.EndpointUrl).Port;
        Assert.DoesNotContain("200 OK",
            await Ask(port, $"GET /_sandbox/ HTTP/1.1\r\nHost: localhost:{port}\r\nX-Much: {new string('x', 100_000)}\r\n\r\n"),
            StringComparison.Ordinal);
        Assert.Equal("",
            await Ask(port, $"POST / HTTP/1.1\r\nHost: localhost:{port}\r\nX-Amz-Target: " +
                $"AmazonEC2ContainerRegistry_V20150921.CreateRepository\r\nContent-Length: 100\r\n\r\n{{\"repository"));
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
    }

    [Fact]
    public async Task Whoever_asks_how_it_is_gets_an_answer()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        JsonNode health = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/", TestContext.Current.CancellationToken))!;
        Assert.Equal(("running", 1, 58, 23),
            ((string)health["status"]!, (int)health["repositories"]!, (int)health["operations"]!["ecr"]!,
                (int)health["operations"]!["ecr-public"]!));
        Assert.NotEmpty((string)health["version"]!);
    }

    [Fact]
    public async Task Events_come_as_EventBridge_gets_them_and_can_be_waited_for()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza", new { imageScanningConfiguration = new { scanOnPush = true } });
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(30));
        using HttpRequestMessage request = new(HttpMethod.Get, "/_sandbox/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, soon.Token);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(soon.Token));
        Digest image = await client.PushImage("one", "v1");
        JsonNode push = await Next(lines, "ECR Image Action", soon.Token), scan = await Next(lines, "ECR Image Scan", soon.Token);
        Assert.Equal(("aws.ecr", "123456789012", "us-east-1"),
            ((string)push["source"]!, (string)push["account"]!, (string)push["region"]!));
        Assert.Equal(("PUSH", "pizza", "v1", image.Value), Parts(push));
        Assert.Equal("COMPLETE", (string)scan["detail"]!["scan-status"]!);
        await sandbox.Ecr("BatchDeleteImage", new { repositoryName = "pizza", imageIds = new[] { new { imageTag = "v1" } } });
        Assert.Equal(("DELETE", "pizza", "v1", image.Value), Parts(await Next(lines, "ECR Image Action", soon.Token)));
        JsonArray all = JsonNode.Parse(await sandbox.Http.GetStringAsync("/_sandbox/events?after=1", soon.Token))!.AsArray();
        Assert.Equal(2, all.Count);

        static (string, string, string, string) Parts(JsonNode happened) =>
            ((string)happened["detail"]!["action-type"]!, (string)happened["detail"]!["repository-name"]!,
                (string)happened["detail"]!["image-tag"]!, (string)happened["detail"]!["image-digest"]!);
    }

    private static async Task<JsonNode> Next(StreamReader lines, string type, CancellationToken cancellationToken)
    {
        for (bool isIt = false; await lines.ReadLineAsync(cancellationToken) is { } line;)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) isIt = line[7..] == type;
            if (isIt && line.StartsWith("data: ", StringComparison.Ordinal)) return JsonNode.Parse(line[6..])!;
        }
        throw new InvalidOperationException("The events have ended.");
    }

    private static async Task<string> Ask(int port, string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        using MemoryStream answer = new();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException) { }   // hung up
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
