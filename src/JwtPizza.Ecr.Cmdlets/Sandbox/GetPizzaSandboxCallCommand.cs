using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Gets the calls that clients made to the sandbox, oldest first, to assert in a test what a script did.</summary>
/// <remarks>
/// <para>Every call is there, whoever made it and however it ended: those of Pizza cmdlets, the AWS CLI, boto3 and Terraform, and those of
/// docker and its like to the registry. Retries are calls of their own.</para>
/// <para>Secrets are left out: authorization headers, passwords, tokens, secret keys. The last 10,000 calls are kept, fewer where they are
/// large; Start-PizzaSandbox begins with none.</para>
/// </remarks>
/// <example>
/// <code>(Get-PizzaSandboxCall CreateRepository).Parameters.repositoryName | Should -Contain 'jwt-pizza-service'</code>
/// In a Pester test: the script made one repository, of this name.
/// </example>
/// <example>
/// <code>Get-PizzaSandboxCall | Where-Object ErrorCode | Format-Table Time, Service, Operation, Status, ErrorCode</code>
/// Shows what went wrong, also what a client tried again in silence.
/// </example>
/// <example>
/// <code>Get-PizzaSandboxCall registry:* | Group-Object Operation -NoElement</code>
/// Counts what a docker push did.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaSandboxCall")]
[OutputType(typeof(SandboxCall))]
public sealed class GetPizzaSandboxCallCommand : PizzaCmdlet
{
    /// <summary>Operations, with * and ?, and with their service before them if need be: PutImage, *LifecyclePolicy, iam:*,
    /// registry:PutManifest. Default: all. A misspelt one is an error.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Operation { get; set; } = ["*"];

    /// <summary>Only calls that came at this time of the sandbox's clock or later.</summary>
    [Parameter]
    public DateTimeOffset Since { get; set; } = DateTimeOffset.MinValue;

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (SandboxCall call in RunningSandbox.Needed("that could have been called").CallsOf(Operation).Where(c => c.Time >= Since))
            WriteObject(call);
        return Task.CompletedTask;
    }
}
