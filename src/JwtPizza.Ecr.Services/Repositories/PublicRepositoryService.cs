using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Repositories;

/// <summary>Creating and finding repositories of ECR Public, with what the gallery shows of them.</summary>
/// <param name="ecr">The public registry.</param>
/// <param name="verbose">Receives what could not be read.</param>
internal sealed class PublicRepositoryService(EcrPublicClient ecr, Action<string> verbose)
{
    /// <summary>Whether to read what the gallery shows of each repository, with a call for each.</summary>
    public bool IncludeCatalog { get; init; } = true;

    /// <summary>Creates a repository.</summary>
    /// <param name="name">Its name, by ECR Public's rule.</param>
    /// <param name="catalog">What the gallery is to show, already checked.</param>
    /// <param name="tags">Its resource tags; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryAlreadyExistsException</c>: says how to take what is there.</exception>
    public async Task<Repository> CreateAsync(
        RepositoryName name, RepositoryCatalog catalog, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        try
        {
            return await ecr.CreateRepositoryAsync(name.Value, catalog.IsEmpty ? null : catalog, tags, cancellationToken)
                .ConfigureAwait(false) with { Status = ChangeStatus.Created };
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryAlreadyExistsException")
        {
            throw e.As(
                $"The public repository '{name}' already exists. Use New-PizzaRepository -Public -Force to keep it and " +
                "update what you specify, or choose another name.", name.Value);
        }
    }

    /// <summary>The repository, made if it is missing; in one that exists, what was said is brought into line and the rest stays.</summary>
    /// <param name="name">Its name, by ECR Public's rule.</param>
    /// <param name="catalog">What the gallery is to show, already checked; what is null stays as it is.</param>
    /// <param name="tags">Tags to be added; null for none.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The repository as it is now, and what was changed, in the user's words; empty when nothing was.</returns>
    public async Task<(Repository Repository, IReadOnlyList<string> Changes)> EnsureAsync(
        RepositoryName name, RepositoryCatalog catalog, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        try { return (await CreateAsync(name, catalog, tags, cancellationToken).ConfigureAwait(false), ["created"]); }
        catch (PizzaException e) when (e.ErrorId == "RepositoryAlreadyExistsException") { }
        List<string> changes = [];
        Repository there = await GetAsync(name.Value, cancellationToken).ConfigureAwait(false);
        RepositoryCatalog shown = there.Catalog ?? new();
        if (!catalog.IsEmpty && catalog.Over(shown) is var wanted && !wanted.ShowsSameAs(shown))
        {
            there = there with { Catalog = await ecr.PutCatalogDataAsync(name.Value, wanted, cancellationToken).ConfigureAwait(false) };
            changes.Add("catalogue data");
        }
        if (tags is { Count: > 0 })
        {
            IReadOnlyDictionary<string, string> missing =
                await ecr.Tags.MissingAsync(there.RepositoryArn, tags, cancellationToken).ConfigureAwait(false);
            if (missing.Count > 0)
            {
                await ecr.Tags.AddAsync(there.RepositoryArn, missing, cancellationToken).ConfigureAwait(false);
                changes.Add($"tags {string.Join(", ", missing.Keys)}");
            }
        }
        return (there with { Status = changes.Count == 0 ? ChangeStatus.Unchanged : ChangeStatus.Changed }, changes);
    }

    /// <summary>One repository by its full name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>: says how to make it.</exception>
    public async Task<Repository> GetAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in ecr.DescribeRepositoriesAsync([name], cancellationToken).ConfigureAwait(false))
            return await WithCatalogAsync(repository, cancellationToken).ConfigureAwait(false);
        throw ErrorCatalog.RepositoryNotFound(name, isPublic: true);
    }

    /// <summary>Deletes a repository; one that holds images only when they may go too.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="includeImages">Whether its images may be deleted with it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotEmptyException</c>, <c>RepositoryNotFoundException</c>.</exception>
    /// <returns>The repository as it was; null when AWS's answer was lost, and the repository is gone.</returns>
    public async Task<Repository?> DeleteAsync(RepositoryName name, bool includeImages, CancellationToken cancellationToken)
    {
        try
        {
            Repository? gone = await ecr.DeleteRepositoryAsync(name.Value, includeImages, cancellationToken).ConfigureAwait(false);
            return gone is null ? null : gone with { Status = ChangeStatus.Removed };
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryNotEmptyException")
        {
            throw e.As(
                $"The public repository '{name}' still holds images, so it was not deleted. " +
                $"List them with {Advice.Run("Get-PizzaImage", name.Value).Switch("-Public")}, and add -IncludeImages to delete " +
                "them too.", name.Value);
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryNotFoundException")
        {
            throw e.As(
                $"There is no public repository '{name}' to delete: it was already deleted, or it is private. " +
                "Get-PizzaRepository -Public lists the existing ones.", name.Value);
        }
    }

    /// <summary>Every repository of the registry whose name is wanted, in ECR's order.</summary>
    /// <param name="isWanted">Decides by name.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Repository> FindAsync(
        Func<string, bool> isWanted, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Repository repository in ecr.DescribeRepositoriesAsync(null, cancellationToken).ConfigureAwait(false))
            if (isWanted(repository.RepositoryName))
                yield return await WithCatalogAsync(repository, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Repository> WithCatalogAsync(Repository repository, CancellationToken cancellationToken)
    {
        if (!IncludeCatalog) return repository;
        try
        {
            return repository
                with { Catalog = await ecr.GetCatalogDataAsync(repository.RepositoryName, cancellationToken).ConfigureAwait(false) };
        }
        catch (PizzaException e)
            when (e.ErrorId == "RepositoryCatalogDataNotFoundException") { return repository with { Catalog = new() }; }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            verbose($"The gallery texts of '{repository.RepositoryName}' are missing: {e.Message}");
            return repository;
        }
    }
}
