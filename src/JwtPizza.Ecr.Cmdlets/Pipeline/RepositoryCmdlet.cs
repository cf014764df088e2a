using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that act upon repositories, each by its exact name: the trouble of one does not end the others.</summary>
public abstract class RepositoryCmdlet : RegistryCmdlet
{
    /// <summary>The names of the repositories.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The work of one repository.</summary>
    private protected abstract Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken);

    private protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => ProcessOneAsync(name, cancellationToken), name);
    }

    private Task ProcessOneAsync(string name, CancellationToken cancellationToken)
    {
        CheckPublic(name);
        return ProcessAsync(Ecr.RepositoryName.Parse(name), cancellationToken);
    }
}
