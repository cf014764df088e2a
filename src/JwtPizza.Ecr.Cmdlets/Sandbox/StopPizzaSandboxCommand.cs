using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Stops the sandbox of this PowerShell process and deletes its contents.</summary>
/// <remarks>
/// <para>A sandbox that runs as a program, which Connect-PizzaSandbox has joined, is only left.</para>
/// <para>From then on Pizza cmdlets call AWS again. When none runs, nothing happens. Environment variables that Start-PizzaSandbox
/// -SetEnvironment has set are as they were before.</para>
/// </remarks>
/// <example>
/// <code>Stop-PizzaSandbox</code>
/// Stops the sandbox and deletes its repositories, images, roles, and policies, also from the disk.
/// </example>
/// <example needs="docker">
/// <code>Stop-PizzaSandbox -RemoveLocal</code>
/// Removes what 'docker build' and 'docker push' left in docker's own store for the sandbox, too.
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "PizzaSandbox", SupportsShouldProcess = true)]
public sealed class StopPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>Also removes the images from docker's own store that were built, tagged or pulled under the sandbox's registry.</summary>
    [Parameter]
    public SwitchParameter RemoveLocal { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (RunningSandbox.Current is not { } running)
        {
            WriteVerbose("No sandbox is running.");
            return;
        }
        bool isJoined = running is JoinedSandbox;
        string action = isJoined ? "Leave sandbox" : "Stop sandbox";
        if (!ShouldProcess(running.Info.EndpointUrl, RemoveLocal ? $"{action}, and remove its images from docker" : action)) return;
        WriteVerbose(await RunningSandbox.StopAsync()
            ? $"The sandbox at {running.Info.EndpointUrl} {(isJoined ? "was left, and continues to run" : "is stopped")}. " +
                "Pizza cmdlets call AWS again."
            : "The sandbox was stopped in the meantime.");
        if (RemoveLocal) await RemoveAsync(running.Info.RegistryHost, cancellationToken);
    }

    private async Task RemoveAsync(string host, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> removed =
            await new LocalImages()
                .RemoveOfAsync([host, host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)], cancellationToken);
        foreach (string name in removed) WriteVerbose($"docker no longer keeps {name} on this machine.");
    }
}
