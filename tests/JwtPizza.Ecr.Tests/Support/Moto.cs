using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>Somebody else's AWS, in a process of its own; the test is skipped where Python has no moto.</summary>
internal sealed class Moto : IAsyncDisposable
{
    private readonly Process _server;

    private Moto(Process server, string url) => (_server, Url) = (server, url);

    public string Url { get; }

    public AwsOptions Options => new() { EndpointUrl = Url, Region = "us-east-1", AccessKey = "testing", SecretKey = "testing" };

    public static async Task<Moto> StartAsync()
    {
        int port = FreePort();
        Process server = Launch(port) ?? throw Skipped();
        Moto moto = new(server, $"http://127.0.0.1:{port}");
        try { await moto.ReadyAsync(); return moto; }
        catch { await moto.DisposeAsync(); throw; }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited) _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    private async Task ReadyAsync()
    {
        using HttpClient http = new();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (_server.HasExited) throw Skipped();
            try { using HttpResponseMessage _ = await http.GetAsync(new Uri($"{Url}/moto-api/data.json"), limit.Token); return; }
            catch (HttpRequestException) { }
        }
    }

    private static Process? Launch(int port)
    {
        ProcessStartInfo start =
            new("python3", ["-m", "moto.server", "-p", $"{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            Process process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (System.ComponentModel.Win32Exception) { return null; }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static UnreachableException Skipped()
    {
        Assert.Skip("Python with moto is not on this machine.");
        return new UnreachableException();
    }
}
