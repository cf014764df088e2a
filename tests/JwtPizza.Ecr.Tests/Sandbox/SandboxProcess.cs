using System.Diagnostics;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The sandbox as a process of its own, to be killed.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SandboxProcess(Process process, SandboxInfo info) => (_process, Client) = (process, TestSandbox.At(info));

    /// <summary>A client of it.</summary>
    public TestSandbox Client { get; }

    /// <summary>Starts it and waits until it says where it listens.</summary>
    public static async Task<SandboxProcess> Start(params string[] arguments)
    {
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(60));
        Process process = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(EcrSandbox).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        Dictionary<string, string> variables = [];
        while (variables.Count < 5 && await process.StandardOutput.ReadLineAsync(soon.Token) is { } line)
            if ((line.StartsWith("export ", StringComparison.Ordinal) || line.StartsWith("$env:", StringComparison.Ordinal))
                && line.Split(['=', ' ', ':'], 3) is [_, var name, var value])
                variables[name] = value.Trim('\'', '=', ' ');
        Assert.Equal(5, variables.Count);
        return new(process, new()
        {
            EndpointUrl = variables["AWS_ENDPOINT_URL"], RegistryHost = new Uri(variables["AWS_ENDPOINT_URL"]).Authority,
            RegistryId = "123456789012", Region = variables["AWS_REGION"],
            AccessKey = variables["AWS_ACCESS_KEY_ID"], SecretKey = variables["AWS_SECRET_ACCESS_KEY"], StartedAt = DateTimeOffset.UtcNow,
        });
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        await Client.DisposeAsync();
    }
}
