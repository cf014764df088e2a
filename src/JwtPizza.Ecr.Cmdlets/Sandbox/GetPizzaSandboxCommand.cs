using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Gets the sandbox of this PowerShell process: where it listens, and what other clients need to talk to it.</summary>
/// <remarks>
/// <para>Nothing comes when none is running.</para>
/// </remarks>
/// <example>
/// <code>if (Get-PizzaSandbox) { 'Not the real AWS.' }</code>
/// Asks whether the Pizza cmdlets of this session call the sandbox.
/// </example>
/// <example needs="the AWS CLI">
/// <code>aws --endpoint-url (Get-PizzaSandbox).EndpointUrl ecr describe-images --repository-name jwt-pizza-service</code>
/// The AWS CLI reads what the cmdlets made. It needs credentials and a region too; EnvironmentVariables has all of them.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaSandbox")]
[OutputType(typeof(SandboxInfo))]
public sealed class GetPizzaSandboxCommand : PizzaCmdlet
{
    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (RunningSandbox.Current is { } running) WriteObject(running.Info);
        else WriteVerbose("No sandbox is running. Start-PizzaSandbox starts one.");
        return Task.CompletedTask;
    }
}
