using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Makes the cmdlets of this session call a sandbox that runs as a program.</summary>
/// <remarks>
/// <para>The program pizza-sandbox, or another PowerShell process, runs the sandbox; several sessions can share it. Calls, faults, the
/// clock and GitHub's tokens work as with a sandbox of this session. Stop-PizzaSandbox leaves it, and it goes on.</para>
/// </remarks>
/// <example needs="a sandbox that runs as a program">
/// <code>Connect-PizzaSandbox http://127.0.0.1:4566; Get-PizzaSandboxCall; Stop-PizzaSandbox</code>
/// Shows the calls that other programs made to the sandbox, and leaves it.
/// </example>
/// <example needs="a sandbox that runs as a program">
/// <code>Connect-PizzaSandbox $env:AWS_ENDPOINT_URL -SetEnvironment</code>
/// Joins the sandbox that a service container of a workflow runs, and leads the AWS CLI there with the keys of its administrator.
/// </example>
[Cmdlet(VerbsCommunications.Connect, "PizzaSandbox")]
[OutputType(typeof(SandboxInfo))]
public sealed class ConnectPizzaSandboxCommand : PizzaCmdlet
{
    /// <summary>Specifies the address of the sandbox, as pizza-sandbox prints it in AWS_ENDPOINT_URL.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Url")]
    public string EndpointUrl { get; set; } = "";

    /// <summary>Sets AWS_ENDPOINT_URL, keys and region in the environment of this process, which the AWS CLI, boto3 and Terraform read.
    /// Stop-PizzaSandbox puts back what was there before.</summary>
    [Parameter]
    public SwitchParameter SetEnvironment { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        JoinedSandbox sandbox = JoinedSandbox.Join(EndpointUrl);
        RunningSandbox.Join(sandbox);
        if (SetEnvironment) WriteVerbose($"{string.Join(", ", RunningSandbox.SetEnvironment(sandbox))} are set until Stop-PizzaSandbox.");
        WriteVerbose($"Pizza cmdlets call the sandbox at {sandbox.Info.EndpointUrl} until Stop-PizzaSandbox.");
        WriteObject(sandbox.Info);
        return Task.CompletedTask;
    }
}
