using System.Management.Automation;
using JwtPizza.Ecr.Services.State;

namespace JwtPizza.Ecr.Cmdlets.State;

/// <summary>Compares the repositories of an Amazon ECR registry and the CI roles of the account with a state file.</summary>
/// <remarks>
/// <para>The output is one object for each difference. Missing means that the file wants something that is not there. Different means that
/// it is there, but not as the file says. Extra means that it is there, and the file does not want it. The output
/// is empty if everything is as the file says. The cmdlet changes nothing.</para>
/// <para>A section that the file does not have (repositories, roles) is not compared. Sync-PizzaState removes the differences. It removes
/// Extra differences only with -Prune.</para>
/// <para>Export-PizzaState describes what a state file holds.</para>
/// </remarks>
/// <example>
/// <code>Export-PizzaState ./state.yml; Compare-PizzaState ./state.yml</code>
/// Writes what is there to a file, and finds no difference from it.
/// </example>
/// <example>
/// <code>Export-PizzaState ./state.yml; New-PizzaRepository new-service; Compare-PizzaState ./state.yml</code>
/// Shows that the repository new-service is Extra, because the file does not hold it.
/// </example>
/// <example>
/// <code>Export-PizzaState ./state.yml; if (-not (Compare-PizzaState ./state.yml -Quiet)) { throw 'The registry is not as the file says.' }</code>
/// Makes a step of a workflow fail when there is a difference.
/// </example>
[Cmdlet(VerbsData.Compare, "PizzaState")]
[OutputType(typeof(StateDifference), typeof(bool))]
public sealed class ComparePizzaStateCommand : StateFileCmdlet
{
    /// <summary>Indicates that the cmdlet returns True or False instead of the differences. True means that everything is as the file
    /// says.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StateComparison comparison = await CompareAsync(cancellationToken);
        if (Quiet) WriteObject(!comparison.All.Any());
        else WriteAll(comparison.All.Select(c => c.Row));
    }
}
