using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>Finds the ARN that a policy names a repository by.</summary>
/// <param name="aws">The caller's session.</param>
internal sealed class RepositoryArns(AwsSession aws)
{
    /// <summary>The ARN of a repository. One that is to be granted must exist, so that a wrong letter in its name is not found out by
    /// CI.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="registryId">Its account, if known; nothing is asked then.</param>
    /// <param name="mustExist">Whether to look for it; a caller who may not look is believed.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>, <c>InvalidRegistryId</c>.</exception>
    public async Task<string> FindAsync(RepositoryName name, string? registryId, bool mustExist, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(registryId)) return Arn(name, AccountId.Check(registryId));
        try
        {
            if (mustExist && await FirstAsync(name, cancellationToken).ConfigureAwait(false) is { } repository)
                return repository.RepositoryArn;
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied) { }
        return Arn(name, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<Repository?> FirstAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in aws.Ecr.DescribeRepositoriesAsync([name.Value], cancellationToken).ConfigureAwait(false))
            return repository;
        return null;
    }

    private string Arn(RepositoryName name, string account) => $"{Ecr.Arn.OfRepository(aws.Partition, aws.Region, account, name.Value)}";
}
