using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Repositories;

/// <summary>Creating, finding, changing and deleting repositories.</summary>
/// <param name="ecr">The registry.</param>
internal sealed class RepositoryService(EcrClient ecr)
{
    /// <summary>Creates a repository; scanning on push is on unless the settings say otherwise.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">What it is to be, already checked.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryAlreadyExistsException</c>: says how to take what is there.</exception>
    public async Task<Repository> CreateAsync(RepositoryName name, RepositorySettings settings, CancellationToken cancellationToken)
    {
        try
        {
            Repository made =
                await ecr.CreateRepositoryAsync(name.Value, settings with { ScanOnPush = settings.ScanOnPush ?? true }, cancellationToken)
                    .ConfigureAwait(false);
            return made with { Status = ChangeStatus.Created };
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryAlreadyExistsException")
        {
            throw e.As(
                $"The repository '{name}' already exists. Use New-PizzaRepository -Force to keep it and update the " +
                "settings that you specify, or choose another name.", name.Value);
        }
    }

    /// <summary>The repository, made if it is missing; one that exists is brought into line with the settings that were named.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">What it is to be, already checked; what is null stays as it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The repository as it is now, and what was changed, in the user's words; empty when nothing was.</returns>
    /// <exception cref="PizzaException"><c>EncryptionIsFixed</c>: another encryption was asked for; nothing was changed.</exception>
    public async Task<(Repository Repository, IReadOnlyList<string> Changes)> EnsureAsync(
        RepositoryName name, RepositorySettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return (await CreateAsync(name, settings, cancellationToken).ConfigureAwait(false), ["created"]);
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryAlreadyExistsException")
        {
            Repository there = await GetAsync(name.Value, cancellationToken).ConfigureAwait(false);
            CheckEncryption(there, settings);
            RepositoryAlignment alignment =
                await RepositoryAlignment.PlanAsync(ecr, there, settings, cancellationToken).ConfigureAwait(false);
            return (await AlignAsync(alignment, cancellationToken).ConfigureAwait(false), alignment.Changes);
        }
    }

    /// <summary>One repository by its full name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>: says how to make it.</exception>
    public async Task<Repository> GetAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in ecr.DescribeRepositoriesAsync([name], cancellationToken).ConfigureAwait(false))
            return repository;
        throw ErrorCatalog.RepositoryNotFound(name, isPublic: false);
    }

    /// <summary>Works out what brings a repository into line, without doing it.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="settings">What it is to be, already checked; what is null stays as it is.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>.</exception>
    public async Task<RepositoryAlignment> PlanAsync(
        RepositoryName name, RepositorySettings settings, CancellationToken cancellationToken) =>
        await RepositoryAlignment.PlanAsync(ecr, await GetAsync(name.Value, cancellationToken).ConfigureAwait(false), settings,
            cancellationToken).ConfigureAwait(false);

    /// <summary>Brings a repository into line.</summary>
    /// <param name="alignment">From <see cref="PlanAsync"/>.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The repository as it is now.</returns>
    public async Task<Repository> AlignAsync(RepositoryAlignment alignment, CancellationToken cancellationToken)
    {
        await alignment.MakeAsync(cancellationToken).ConfigureAwait(false);
        return alignment.Changes.Count == 0 ? alignment.There with { Status = ChangeStatus.Unchanged }
            : await GetAsync(alignment.There.RepositoryName, cancellationToken).ConfigureAwait(false)
                with { Status = ChangeStatus.Changed };
    }

    /// <summary>Deletes a repository.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="includeImages">Whether its images go with it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotEmptyException</c>: it holds images, and nothing was deleted;
    /// <c>RepositoryNotFoundException</c>.</exception>
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
                $"The repository '{name}' still holds images, so it was not deleted. List them with " +
                $"{Advice.Run("Get-PizzaImage", name.Value)}, and add " +
                "-IncludeImages to delete them too.", name.Value);
        }
        catch (PizzaException e) when (e.ErrorId == "RepositoryNotFoundException")
        {
            throw e.As(
                $"There is no repository '{name}' to delete: it was already deleted, or it is in another region " +
                "or account. Get-PizzaRepository lists the repositories of a region; check -Region and -RegistryId.", name.Value);
        }
    }

    /// <summary>Every repository of the registry whose name is wanted, page by page, in ECR's order.</summary>
    /// <param name="isWanted">Decides by name.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<Repository> FindAsync(Func<string, bool> isWanted, CancellationToken cancellationToken) =>
        Where(ecr.DescribeRepositoriesAsync(null, cancellationToken), r => isWanted(r.RepositoryName));

    /// <summary>Whether a repository is encrypted in another way than these settings say. An alias is not looked up.</summary>
    /// <param name="there">The repository.</param>
    /// <param name="wanted">The settings.</param>
    public static bool EncryptionDiffers(Repository there, RepositorySettings wanted) =>
        (wanted.EncryptionType is { } type && type != there.EncryptionType) || HasAnotherKey(there, wanted);

    private static void CheckEncryption(Repository there, RepositorySettings wanted)
    {
        if (wanted.EncryptionType is { } type && type != there.EncryptionType)
            throw EncryptionIsFixed(there, $"{there.EncryptionType} and cannot become {type}",
                "Leave -EncryptionType out, or create a repository of another name and copy the images.");
        if (HasAnotherKey(there, wanted)) throw EncryptionIsFixed(there, $"the key {there.KmsKey}", "Leave -KmsKey out.");
    }

    private static bool HasAnotherKey(Repository there, RepositorySettings wanted) =>
        wanted.KmsKey is { } key && there.KmsKey is { } has && !has.EndsWith(key, StringComparison.Ordinal)
            && !key.StartsWith("alias/", StringComparison.Ordinal);

    private static PizzaException EncryptionIsFixed(Repository there, string how, string next) =>
        new("EncryptionIsFixed", PizzaErrorKind.InvalidOperation,
        $"The repository '{there.RepositoryName}' is encrypted with {how}; ECR fixes that when a repository is created. " +
        $"Nothing was changed. {next}", there.RepositoryName);

    private static async IAsyncEnumerable<T> Where<T>(IAsyncEnumerable<T> all, Func<T, bool> isWanted)
    {
        await foreach (T item in all.ConfigureAwait(false))
            if (isWanted(item)) yield return item;
    }
}
