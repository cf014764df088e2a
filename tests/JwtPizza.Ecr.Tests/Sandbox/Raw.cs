using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Requests byte for byte, which HttpClient would put right.</summary>
internal static class Raw
{
    public static async Task<string> Get(TestSandbox sandbox, string path, AuthenticationHeaderValue login)
    {
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(20));
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", new Uri(sandbox.Box.Info.EndpointUrl).Port, soon.Token);
        await client.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: {login}\r\n\r\n"),
                soon.Token);
        using StreamReader answer = new(client.GetStream());
        return await answer.ReadToEndAsync(soon.Token);
    }
}
