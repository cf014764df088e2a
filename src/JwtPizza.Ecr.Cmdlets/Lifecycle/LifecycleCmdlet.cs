using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;
using LifecycleEdit = JwtPizza.Ecr.Edit<JwtPizza.Ecr.LifecycleDocument, JwtPizza.Ecr.LifecycleRule>;
using LifecycleEditor = JwtPizza.Ecr.Services.Documents.DocumentEditor<JwtPizza.Ecr.LifecycleDocument, JwtPizza.Ecr.LifecycleRule>;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Base of the cmdlets about lifecycle policies: they pass on what came in.</summary>
public abstract class LifecycleCmdlet : RepositoryCmdlet
{
    /// <summary>Filled by the pipeline: the object to pass on.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    private protected LifecycleService Lifecycles => new(Registry, Aws.Region);

    /// <summary>Makes an edit, if it changes something and the user agrees, and passes the repository on.</summary>
    /// <param name="editor">The edit.</param>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="words">The verb of what it does, what is said when it is done, and what is said when there was nothing to do.</param>
    /// <param name="force">Do not ask.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    private protected async Task ChangeAsync(LifecycleEditor editor, string repositoryName,
        Func<LifecycleEdit, (string Verb, string Done, string Unchanged)> words, bool force, CancellationToken cancellationToken)
    {
        LifecycleEdit edit = await editor.PlanAsync(cancellationToken);
        (string verb, string done, string unchanged) = words(edit);
        if (edit.Changed)
        {
            string action = $"{verb} the lifecycle policy of {repositoryName} in {Aws.Region}:\n{edit.Difference}";
            if (!Confirm(force, action, $"{action}\nContinue?", MyInvocation.MyCommand.Name)) return;
            edit = await editor.ApplyAsync(cancellationToken);
        }
        foreach (string warning in edit.Warnings) WriteWarning(warning);
        WriteVerbose($"{repositoryName}: {(edit.Changed ? done : unchanged)}.");
        WriteObject(
            PassesOn(repositoryName) ? InputObject : await new RepositoryService(Registry).GetAsync(repositoryName, cancellationToken));
    }

    /// <summary>Whether an object with this name came in that can go on as it is; the lifecycle itself would be out of date.</summary>
    private bool PassesOn(string name) =>
        InputObject is { BaseObject: not (string or RepositoryLifecycle) }
            && InputObject.Properties["RepositoryName"]?.Value?.ToString() == name;
}
