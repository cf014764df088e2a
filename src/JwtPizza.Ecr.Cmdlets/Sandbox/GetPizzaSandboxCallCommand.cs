using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Gets the calls that clients made to the sandbox, oldest first, so that a test can assert what a script did.</summary>
/// <remarks>
/// <para>The output contains every call, from any client and with any result. It includes calls of Pizza cmdlets, the AWS CLI, boto3, and
/// Terraform, and the registry calls of docker and similar clients. Each retry is a separate call.</para>
/// <para>The output omits secrets: authorization headers, passwords, tokens, and secret keys. The sandbox keeps the last 10,000 calls, or
/// fewer if they are large. Start-PizzaSandbox begins with an empty list.</para>
/// </remarks>
/// <example>
/// <code>(Get-PizzaSandboxCall CreateRepository).Parameters.repositoryName | Should -Contain 'jwt-pizza-service'</code>
/// Asserts in a Pester test that the script created one repository, with this name.
/// </example>
/// <example>
/// <code>Get-PizzaSandboxCall | Where-Object ErrorCode | Format-Table Time, Service, Operation, Status, ErrorCode</code>
/// Shows the calls that failed, including those that a client retried silently.
/// </example>
/// <example>
/// <code>Get-PizzaSandboxCall registry:* | Group-Object Operation -NoElement</code>
/// Counts the registry calls of a docker push, by operation.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaSandboxCall")]
[OutputType(typeof(SandboxCall))]
public sealed class GetPizzaSandboxCallCommand : PizzaCmdlet
{
    /// <summary>Specifies the operations, optionally with their service as a prefix: PutImage, *LifecyclePolicy, iam:*,
    /// registry:PutManifest. The wildcards * and ? are supported. The default is all operations. A misspelled operation is an
    /// error.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Operation { get; set; } = ["*"];

    /// <summary>Specifies a time of the sandbox's clock. Only calls at this time or later are returned.</summary>
    [Parameter]
    public DateTimeOffset Since { get; set; } = DateTimeOffset.MinValue;

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (SandboxCall call in RunningSandbox.Needed("that could have been called").CallsOf(Operation).Where(c => c.Time >= Since))
            WriteObject(call);
        return Task.CompletedTask;
    }
}
