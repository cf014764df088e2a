using System.Management.Automation;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>A shell whose cmdlets call a sandbox of the test's own, with the repositories team/one and team/two; the first holds the image
/// v1.</summary>
public sealed class SandboxShell : IAsyncDisposable
{
    private static readonly string[] s_reads = ["Describe", "Get", "List", "BatchGet", "BatchCheck", "Head", "AssumeRole", "Download"];
    private readonly TestSandbox _sandbox = new();
    private readonly Shell _shell = new();
    private int _seen;

    public SandboxShell()
    {
        _shell.Set("PSDefaultParameterValues", new DefaultParameterDictionary
        {
            ["*-Pizza*:EndpointUrl"] = _sandbox.Info.EndpointUrl, ["*-Pizza*:AccessKey"] = _sandbox.Info.AccessKey,
            ["*-Pizza*:SecretKey"] = _sandbox.Info.SecretKey, ["*-Pizza*:Region"] = _sandbox.Info.Region,
        });
        _shell.Set("layout", RepositoryRoot.File("examples", "oci-layout"));
        Run("'team/one', 'team/two' | New-PizzaRepository; Push-PizzaImage $layout team/one -LayoutTag v1 -Tag v1; " +
            "Set-PizzaLifecycle team/one -KeepLast 3").Of<object>();
    }

    /// <summary>Whether a call may change something.</summary>
    public static bool IsChange(SandboxCall call) => !s_reads.Any(r => call.Operation.StartsWith(r, StringComparison.Ordinal));

    /// <summary>The sandbox, for calls that no cmdlet makes.</summary>
    public TestSandbox Sandbox => _sandbox;

    /// <summary>Sets a fault.</summary>
    public void SetFault(SandboxFault fault) => _sandbox.Box.SetFault(fault);

    /// <summary>The calls since the last time this was asked.</summary>
    public IReadOnlyList<SandboxCall> NewCalls()
    {
        SandboxCall[] calls = [.. _sandbox.Box.Calls.Skip(_seen)];
        _seen += calls.Length;
        return calls;
    }

    /// <summary>Runs a script to its end.</summary>
    internal Finished Run(string script, params object?[] arguments) => _shell.Run(script, arguments);

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        await _sandbox.DisposeAsync();
    }
}
