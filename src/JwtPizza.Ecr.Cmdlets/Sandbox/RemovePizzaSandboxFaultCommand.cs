using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Takes away the faults that Set-PizzaSandboxFault has set.</summary>
/// <remarks>
/// <para>Where none is set, nothing happens. -Verbose says how many calls each has struck.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaSandboxFault</code>
/// The sandbox works without trouble again.
/// </example>
/// <example>
/// <code>Remove-PizzaSandboxFault iam:* -Verbose</code>
/// Takes away those that were set for IAM alone, and says how many calls each struck.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaSandboxFault", SupportsShouldProcess = true)]
public sealed class RemovePizzaSandboxFaultCommand : PizzaCmdlet
{
    /// <summary>The operations that the faults were set for, with * and ?. Default: all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string Operation { get; set; } = "*";

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        var sandbox = RunningSandbox.Needed("to remove faults from");
        if (!ShouldProcess(Operation, "Remove faults")) return Task.CompletedTask;
        foreach (string line in sandbox.RemoveFaults(Operation)) WriteVerbose(line);
        return Task.CompletedTask;
    }
}
