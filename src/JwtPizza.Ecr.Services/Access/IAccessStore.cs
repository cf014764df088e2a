using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Access;

/// <summary>Where one policy lies. There is no version to compare; the last writer wins.</summary>
internal interface IAccessStore
{
    /// <summary>The document; null when there is none.</summary>
    Task<string?> ReadAsync(CancellationToken cancellationToken);

    Task WriteAsync(string document, CancellationToken cancellationToken);

    /// <summary>Deletes the policy; one that is gone already is no error.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);
}

/// <summary>The policy of a repository.</summary>
internal sealed class RepositoryPolicyStore(EcrClient ecr, string repositoryName) : IAccessStore
{
    private const string NotFound = "RepositoryPolicyNotFoundException";

    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try { return await ecr.GetRepositoryPolicyAsync(repositoryName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == NotFound) { return null; }
    }

    public Task WriteAsync(string document, CancellationToken cancellationToken) => ecr.SetRepositoryPolicyAsync(repositoryName, document, cancellationToken);

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        try { await ecr.DeleteRepositoryPolicyAsync(repositoryName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == NotFound) { }
    }
}

/// <summary>The policy of the caller's registry in one region.</summary>
internal sealed class RegistryPolicyStore(EcrClient ecr) : IAccessStore
{
    private const string NotFound = "RegistryPolicyNotFoundException";

    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try { return await ecr.GetRegistryPolicyAsync(cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == NotFound) { return null; }
    }

    public Task WriteAsync(string document, CancellationToken cancellationToken) => ecr.PutRegistryPolicyAsync(document, cancellationToken);

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        try { await ecr.DeleteRegistryPolicyAsync(cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == NotFound) { }
    }
}
