using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class HttpFrontTests
{
    private static readonly string[] s_own = ["127.0.0.1", "::1"];

    private static CancellationToken Soon => CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token).Token;

    [Fact]
    public async Task It_listens_on_this_machine_only()
    {
        await using TestSandbox sandbox = new();
        IPEndPoint[] listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(e => e.Port == new Uri(sandbox.Box.Info.EndpointUrl).Port)];
        Assert.NotEmpty(listening);
        Assert.All(listening, e => Assert.Contains(e.Address.ToString(), s_own));
    }

    [Fact]
    public async Task Localhost_reaches_it_too()
    {
        await using TestSandbox sandbox = new();
        using HttpResponseMessage answer =
            await sandbox.Http.GetAsync($"http://localhost:{new Uri(sandbox.Box.Info.EndpointUrl).Port}/nothing", Soon);
        Assert.Contains("GET /nothing", await answer.Content.ReadAsStringAsync(Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_in_the_error()
    {
        await using TestSandbox sandbox = new();
        int port = new Uri(sandbox.Box.Info.EndpointUrl).Port;
        PizzaException e = Assert.Throws<PizzaException>(() => EcrSandbox.Start(new() { Port = port }));
        Assert.Equal("PortInUse", e.ErrorId);
        Assert.Contains($"{port}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_is_free_again_after_the_stop()
    {
        TestSandbox first = new();
        int port = new Uri(first.Box.Info.EndpointUrl).Port;
        await first.DisposeAsync();
        await using TestSandbox second = new(new() { Port = port });
        Assert.EndsWith($":{port}", second.Box.Info.EndpointUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_is_seen_at_once_by_every_client_whatever_it_was_doing()
    {
        string[] unfinished =
        [
            "", "GET /v2/ HTT", "GET /v2/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nabc",
            "PUT /v2/x/blobs/uploads/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ];
        TestSandbox sandbox = new();
        TcpClient[] clients = [.. Enumerable.Range(0, 30).Select(_ => new TcpClient())];
        try
        {
            foreach ((int i, TcpClient client) in clients.Index())
            {
                await client.ConnectAsync("127.0.0.1", new Uri(sandbox.Info.EndpointUrl).Port, Soon);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(unfinished[i % unfinished.Length]), Soon);
            }
            Task[] ends = [.. clients.Select(Drain)];
            await sandbox.DisposeAsync();
            await Task.WhenAll(ends);
        }
        finally { foreach (TcpClient client in clients) client.Dispose(); }

        static async Task Drain(TcpClient client)
        {
            try { while (await client.GetStream().ReadAsync(new byte[4096], Soon) > 0) { } }
            catch (IOException) { }   // reset, which ends it as well
        }
    }

    [Fact]
    public async Task A_TLS_client_is_answered_in_HTTP_so_that_containerd_falls_back()
    {
        await using TestSandbox sandbox = new();
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", new Uri(sandbox.Box.Info.EndpointUrl).Port, Soon);
        byte[] clientHello = [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03, 0x0d, 0x0a, 0x0d, 0x0a];
        await client.GetStream().WriteAsync(clientHello, Soon);
        byte[] answer = new byte[9];
        await client.GetStream().ReadExactlyAsync(answer, Soon);
        Assert.Equal("HTTP/1.1 ", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task A_POST_without_a_length_harms_nobody_else()
    {
        await using TestSandbox sandbox = new();
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", new Uri(sandbox.Box.Info.EndpointUrl).Port, Soon);
        await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray(), Soon);
        byte[] answer = new byte[12];
        await client.GetStream().ReadExactlyAsync(answer, Soon);
        Assert.Equal("HTTP/1.1 411", Encoding.ASCII.GetString(answer));
        Assert.Equal("UnknownOperationException", (await sandbox.EcrError("NoSuchOperation", new { })).Code);
    }

    [Fact]
    public async Task An_unknown_operation_is_an_error_that_names_it()
    {
        await using TestSandbox sandbox = new();
        (string code, string message) = await sandbox.EcrError("PutMoonPhase", new { });
        Assert.Equal("UnknownOperationException", code);
        Assert.Contains("PutMoonPhase", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2010-05-08")]
    [InlineData("1999-01-01")]
    public async Task An_unknown_action_is_an_error_that_names_it(string version)
    {
        await using TestSandbox sandbox = new();
        (HttpStatusCode status, var answer) = await sandbox.Query("PutMoonPhase", version);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("InvalidAction", answer.Descendants().Single(e => e.Name.LocalName == "Code").Value);
        Assert.Contains("PutMoonPhase", answer.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_call_is_refused_as_AWS_refuses_it()
    {
        await using TestSandbox sandbox = new();
        using HttpRequestMessage request = new(HttpMethod.Post, "/") { Content = new StringContent("{}") };
        request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, Soon);
        Assert.Contains("MissingAuthenticationTokenException", await answer.Content.ReadAsStringAsync(Soon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sandboxes_have_different_secrets()
    {
        await using TestSandbox one = new(), other = new();
        Assert.NotEqual(one.Box.Info.AccessKey, other.Box.Info.AccessKey);
        Assert.NotEqual(one.Box.Info.SecretKey, other.Box.Info.SecretKey);
    }
}
