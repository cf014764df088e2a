using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that act upon repositories, each by its exact name: the trouble of one does not end the others.</summary>
public abstract class RepositoryCmdlet : RegistryCmdlet
{
    /// <summary>Specifies the repositories, by name or by URI. A URI also names the account and the region.</summary>
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
            await TryAsync(() => AtAsync(name, bare => ProcessAsync(Ecr.RepositoryName.Parse(bare), cancellationToken)), name);
    }
}
