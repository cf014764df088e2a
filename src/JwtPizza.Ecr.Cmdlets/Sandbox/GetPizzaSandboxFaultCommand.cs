using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Gets the faults that were set with Set-PizzaSandboxFault, and how many calls each has affected.</summary>
/// <remarks>
/// <para>The output is in the order in which the faults were set. A fault that has affected -Count calls remains in the list until you
/// remove it, but affects no further call.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaSandboxFault PutImage -Error ThrottlingException -Count 2; Get-PizzaSandboxFault</code>
/// Sets a fault, and shows it.
/// </example>
/// <example>
/// <code>Set-PizzaSandboxFault DescribeRepositories -Latency 10; $null = Get-PizzaRepository; (Get-PizzaSandboxFault DescribeRepositories).Struck</code>
/// Shows how many calls the fault has affected.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaSandboxFault")]
[OutputType(typeof(StandingFault))]
public sealed class GetPizzaSandboxFaultCommand : PizzaCmdlet
{
    /// <summary>Specifies the operations for which the faults were set. The wildcards * and ? are supported. The default is all
    /// faults.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string Operation { get; set; } = "*";

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        Func<string, bool> fits = NamePattern.Of(Operation);
        foreach (StandingFault fault in RunningSandbox.Needed("that could have faults").Faults.Where(f => fits(f.Operation)))
            WriteObject(fault);
        return Task.CompletedTask;
    }
}
