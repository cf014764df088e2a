using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Base of the cmdlets about lifecycle policies: they pass on what came in.</summary>
public abstract class LifecycleCmdlet : RepositoryCmdlet
{
    /// <summary>Filled by the pipeline: the object to pass on.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    private protected LifecycleService Lifecycles => new(Registry, Aws.Region);

    /// <summary>Carries a plan out, if it is a change and the user agrees, and passes the repository on.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="verb">What it does, as a caption.</param>
    /// <param name="done">What is said when it is done.</param>
    /// <param name="unchanged">What is said when there was nothing to do.</param>
    /// <param name="force">Do not ask.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    private protected async Task ChangeAsync(LifecyclePlan plan, string verb, string done, string unchanged, bool force, CancellationToken cancellationToken)
    {
        if (plan.IsChange)
        {
            string action = $"{verb} the lifecycle policy of {plan.RepositoryName} in {Aws.Region}:\n{plan.Difference}";
            if (!Confirm(force, action, $"{action}\nContinue?", MyInvocation.MyCommand.Name)) return;
            await Lifecycles.ApplyAsync(plan, cancellationToken);
        }
        WriteVerbose($"{plan.RepositoryName}: {(plan.IsChange ? done : unchanged)}.");
        WriteObject(PassesOn(plan.RepositoryName) ? InputObject : await new RepositoryService(Registry).GetAsync(plan.RepositoryName, cancellationToken));
    }

    /// <summary>Whether an object with this name came in that can go on as it is; the lifecycle itself would be out of date.</summary>
    private bool PassesOn(string name) => InputObject is { BaseObject: not (string or RepositoryLifecycle) } && InputObject.Properties["RepositoryName"]?.Value?.ToString() == name;
}
