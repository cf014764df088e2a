using System.Management.Automation;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that take repositories by name or by patterns with wildcards: the trouble of one does not end the
/// others.</summary>
public abstract class RepositoryPatternCmdlet : RegistryCmdlet
{
    /// <summary>Does the work for each repository that the names mean. A name without wildcards that does not exist is an error.</summary>
    private protected async Task EachAsync(
        IEnumerable<string> names, Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        foreach (string name in names)
            await TryAsync(() => AtAsync(name, bare => EachAsync(bare, work, cancellationToken)), name);
    }

    private async Task EachAsync(string name, Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            await work(await GetAsync(name, cancellationToken), cancellationToken);
            return;
        }
        Func<string, bool> fits = NamePattern.Of(name);
        await foreach (Repository repository in Public
            ? PublicRepositories.FindAsync(fits, cancellationToken) : new RepositoryService(Registry).FindAsync(fits, cancellationToken))
            await TryAsync(() => work(repository, cancellationToken), repository);
    }

    /// <summary>Whether to read what the gallery of ECR Public shows of its repositories.</summary>
    private protected virtual bool IncludeCatalog => false;

    private PublicRepositoryService PublicRepositories =>
        new(Aws.EcrPublic.For(RegistryId), WriteVerbose) { IncludeCatalog = IncludeCatalog };

    private Task<Repository> GetAsync(string name, CancellationToken cancellationToken) => Public
        ? PublicRepositories.GetAsync(Ecr.RepositoryName.ParsePublic(name).Value, cancellationToken)
        : new RepositoryService(Registry).GetAsync(Ecr.RepositoryName.Parse(name).Value, cancellationToken);
}
