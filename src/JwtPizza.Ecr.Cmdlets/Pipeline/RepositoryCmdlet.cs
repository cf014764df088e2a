using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that act upon repositories, each by its exact name: the trouble of one does not end the others.</summary>
public abstract class RepositoryCmdlet : AwsCmdlet
{
    /// <summary>The names of the repositories.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The 12 digits of the account that owns the registry. Default: the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Filled by the pipeline: the repository is one of ECR Public. What ECR Public does not have is refused for it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public virtual SwitchParameter Public { get; set; }

    /// <summary>Whether the cmdlet works on repositories of ECR Public too.</summary>
    private protected virtual bool TakesPublic => false;

    /// <summary>ECR, for the registry that the record at hand names.</summary>
    private protected EcrClient Registry => Aws.Ecr.For(RegistryId);

    /// <summary>The work of one repository.</summary>
    private protected abstract Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken);

    private protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => ProcessOneAsync(name, cancellationToken), name);
    }

    private Task ProcessOneAsync(string name, CancellationToken cancellationToken)
    {
        if (Public && !TakesPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, name);
        return ProcessAsync(Ecr.RepositoryName.Parse(name), cancellationToken);
    }
}
