using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>Makes a repository. <c>RepositoryAlreadyExistsException</c> when the name is taken.</summary>
    /// <param name="repositoryName">Its name.</param>
    /// <param name="settings">What it is to be, in ECR's own terms; null leaves a setting to ECR.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Repository> CreateRepositoryAsync(string repositoryName, RepositorySettings settings, CancellationToken cancellationToken) =>
        (await CallAsync<RepositoryOutput>("CreateRepository", CreateRepositoryInput.Of(repositoryName, settings, _registry), cancellationToken).ConfigureAwait(false)).Repository.ToRepository(_region);

    /// <summary>The repositories of these names (<c>RepositoryNotFoundException</c> if one is missing), or all of the registry, page by page.</summary>
    /// <param name="repositoryNames">The names; null for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Repository> DescribeRepositoriesAsync(IReadOnlyCollection<string>? repositoryNames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[]? names in Chunks(repositoryNames))
        {
            string? token = null;
            do
            {
                DescribeRepositoriesInput input = new(_registry, names, token, names is null ? 1000 : null);
                DescribeRepositoriesOutput page = await CallAsync<DescribeRepositoriesOutput>("DescribeRepositories", input, cancellationToken).ConfigureAwait(false);
                foreach (WireRepository repository in page.Repositories) yield return repository.ToRepository(_region);
                token = page.NextToken;
            }
            while (!string.IsNullOrEmpty(token));
        }
    }

    /// <summary>Sets whether a tag may be pushed again.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="mutability">MUTABLE, IMMUTABLE, or either with _WITH_EXCLUSION.</param>
    /// <param name="exclusion">The patterns that go with _WITH_EXCLUSION; else empty.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task PutImageTagMutabilityAsync(string repositoryName, string mutability, IReadOnlyList<string> exclusion, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutImageTagMutability", new PutImageTagMutabilityInput(_registry, repositoryName, mutability, ExclusionFilter.Of(exclusion)), cancellationToken);

    /// <summary>Sets whether each image is scanned when it is pushed.</summary>
    public Task PutImageScanningConfigurationAsync(string repositoryName, bool scanOnPush, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutImageScanningConfiguration", new PutImageScanningConfigurationInput(_registry, repositoryName, new(scanOnPush)), cancellationToken);

    /// <summary>Adds tags to a repository, or gives them new values; others stay.</summary>
    public Task TagResourceAsync(string resourceArn, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("TagResource", new TagResourceInput(resourceArn, ResourceTag.Of(tags)), cancellationToken);

    /// <summary>The tags of a repository.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListTagsForResourceAsync(string resourceArn, CancellationToken cancellationToken) =>
        (await CallAsync<ListTagsOutput>("ListTagsForResource", new ListTagsInput(resourceArn), cancellationToken).ConfigureAwait(false)).Tags?.ToDictionary(t => t.Key, t => t.Value) ?? [];

    /// <summary>Deletes a repository. <c>RepositoryNotEmptyException</c> when it holds images and <paramref name="force"/> is not set.</summary>
    public Task DeleteRepositoryAsync(string repositoryName, bool force, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteRepository", new DeleteRepositoryInput(_registry, repositoryName, force), cancellationToken);

    private static IEnumerable<string[]?> Chunks(IReadOnlyCollection<string>? names) => names?.Chunk(MaxIds) ?? (IEnumerable<string[]?>)[null];
}
