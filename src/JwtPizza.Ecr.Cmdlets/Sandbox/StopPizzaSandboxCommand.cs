using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Stops the sandbox of this PowerShell process, and deletes all that it holds.</summary>
/// <remarks>
/// <para>From then on Pizza cmdlets call AWS again. When none runs, nothing happens.</para>
/// </remarks>
/// <example>
/// <code>Stop-PizzaSandbox</code>
/// Repositories, images, roles and policies of the sandbox are gone, also from the disk.
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "PizzaSandbox", SupportsShouldProcess = true)]
public sealed class StopPizzaSandboxCommand : PizzaCmdlet
{
    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (RunningSandbox.Current is not { } running) WriteVerbose("No sandbox is running.");
        else if (ShouldProcess(running.Info.EndpointUrl, "Stop sandbox"))
            WriteVerbose(
                await RunningSandbox.StopAsync()
                    ? $"The sandbox at {running.Info.EndpointUrl} is stopped. Pizza cmdlets call AWS again." : "The sandbox was stopped meanwhile.");
    }
}
