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
    /// <summary>Specifies the object to pass on. The pipeline sets this parameter.</summary>
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
            (object?)Row(repositoryName, edit.Status)
                ?? (await RepositoryAsync(repositoryName, cancellationToken) with { Status = edit.Status }));
    }

    private async Task<Repository> RepositoryAsync(string name, CancellationToken cancellationToken) =>
        InputObject is { BaseObject: Repository came } && came.RepositoryName == name && came.Region == Aws.Region
            ? came : await new RepositoryService(Registry).GetAsync(name, cancellationToken);

    /// <summary>A row of a table that came in, for example of a CSV file, whose other columns the next cmdlet may want; null for anything
    /// else.</summary>
    private PSObject? Row(string name, ChangeStatus status)
    {
        if (InputObject is not { BaseObject: PSCustomObject } || InputObject.Properties["RepositoryName"]?.Value?.ToString() != name)
            return null;
        PSObject row = InputObject.Copy();
        row.Properties.Remove("Status");
        row.Properties.Add(new PSNoteProperty("Status", status));
        return row;
    }
}
