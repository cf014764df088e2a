using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that take repositories by name or by patterns with wildcards: the trouble of one does not end the others.</summary>
public abstract class RepositoryPatternCmdlet : AwsCmdlet
{
    /// <summary>The account that owns the registry, 12 digits. Default: the caller's own.</summary>
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

    /// <summary>Does the work for each repository that the names mean. A name without wildcards that does not exist is an error.</summary>
    private protected async Task EachAsync(IEnumerable<string> names, Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        foreach (string name in names)
            await TryAsync(() => EachAsync(name, work, cancellationToken), name);
    }

    private async Task EachAsync(string name, Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (Public && !TakesPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, name);
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            await work(await GetAsync(name, cancellationToken), cancellationToken);
            return;
        }
        WildcardPattern pattern = new(name);
        await foreach (Repository repository in Public ? PublicRepositories.FindAsync(pattern.IsMatch, cancellationToken) : new RepositoryService(Registry).FindAsync(pattern.IsMatch, cancellationToken))
            await TryAsync(() => work(repository, cancellationToken), repository);
    }

    private PublicRepositoryService PublicRepositories => new(Aws.EcrPublic.For(RegistryId), WriteVerbose) { IncludeCatalog = false };

    private Task<Repository> GetAsync(string name, CancellationToken cancellationToken) => Public
        ? PublicRepositories.GetAsync(Ecr.RepositoryName.ParsePublic(name).Value, cancellationToken)
        : new RepositoryService(Registry).GetAsync(Ecr.RepositoryName.Parse(name).Value, cancellationToken);
}
