using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Removes faults that were set with Set-PizzaSandboxFault.</summary>
/// <remarks>
/// <para>If no fault is set, the cmdlet does nothing. -Verbose shows how many calls each fault affected.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaSandboxFault</code>
/// Removes all faults, so that the sandbox works normally again.
/// </example>
/// <example>
/// <code>Remove-PizzaSandboxFault iam:* -Verbose</code>
/// Removes the faults that were set for IAM only, and shows how many calls each affected.
/// </example>
/// <example>
/// <code>Get-PizzaSandboxFault | Where-Object Struck | Remove-PizzaSandboxFault</code>
/// Removes the faults that have affected a call.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaSandboxFault", SupportsShouldProcess = true)]
public sealed class RemovePizzaSandboxFaultCommand : PizzaCmdlet
{
    /// <summary>Specifies the operations for which the faults were set. The wildcards * and ? are supported. A fault from the pipeline
    /// means this fault only. The default is all faults.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string Operation { get; set; } = "*";

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        var sandbox = RunningSandbox.Needed("to remove faults from");
        if (!ShouldProcess(Operation, "Remove faults")) return Task.CompletedTask;
        foreach (string line in sandbox.RemoveFaults(IsOne ? Literally(Operation) : Operation)) WriteVerbose(line);
        return Task.CompletedTask;
    }

    private bool IsOne => IsBound(nameof(Operation)) && !IsTyped(nameof(Operation));

    /// <summary>The fault that was set for just this pattern.</summary>
    private static string Literally(string operation) =>
        operation.Replace("*", @"\*", StringComparison.Ordinal).Replace("?", @"\?", StringComparison.Ordinal);
}
