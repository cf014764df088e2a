using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Gets the sandbox of this PowerShell process: the address on which it listens, and what other clients need to call it.</summary>
/// <remarks>
/// <para>The cmdlet returns nothing if no sandbox runs.</para>
/// </remarks>
/// <example>
/// <code>if (Get-PizzaSandbox) { 'Not the real AWS.' }</code>
/// Checks whether the Pizza cmdlets of this session call the sandbox.
/// </example>
/// <example needs="the AWS CLI">
/// <code>aws --endpoint-url (Get-PizzaSandbox).EndpointUrl ecr describe-images --repository-name jwt-pizza-service</code>
/// Shows with the AWS CLI what the cmdlets created. The AWS CLI also needs credentials and a region; EnvironmentVariables contains all of
/// them.
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
