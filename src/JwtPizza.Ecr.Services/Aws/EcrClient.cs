using System.Runtime.CompilerServices;
using System.Text;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with AWS's error code.</summary>
public sealed class EcrClient
{
    private const int MaxIds = 100;
    private readonly AwsConnection _ecr;
    private readonly string _region;
    private readonly string? _registry;

    internal EcrClient(AwsConnection ecr, string region, string? registry = null) => (_ecr, _region, _registry) = (ecr, region, registry);

    /// <summary>The same client for the registry of another account; null or empty means the caller's own.</summary>
    /// <param name="registryId">12 digits.</param>
    public EcrClient For(string? registryId) => new(_ecr, _region, string.IsNullOrEmpty(registryId) ? null : AccountId.Check(registryId));

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

    /// <summary>All images of a repository, page by page; archived ones are left out, as ECR does by itself.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="tagStatus">TAGGED, UNTAGGED or ANY; null for ECR's default, all.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, string? tagStatus, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DescribeImagesInput input = new(_registry, repositoryName) { Filter = tagStatus is null ? null : new(tagStatus), MaxResults = pageSize };
        do
        {
            DescribeImagesOutput page = await CallAsync<DescribeImagesOutput>("DescribeImages", input, cancellationToken).ConfigureAwait(false);
            foreach (ImageDetail image in page.ImageDetails) yield return image;
            input = input with { NextToken = page.NextToken };
        }
        while (!string.IsNullOrEmpty(input.NextToken));
    }

    /// <summary>The images of these ids. <c>ImageNotFoundException</c> if one is missing.</summary>
    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, IReadOnlyCollection<ImageId> imageIds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ImageId[] ids in imageIds.Chunk(MaxIds))
        {
            DescribeImagesInput input = new(_registry, repositoryName) { ImageIds = ids };
            foreach (ImageDetail image in (await CallAsync<DescribeImagesOutput>("DescribeImages", input, cancellationToken).ConfigureAwait(false)).ImageDetails) yield return image;
        }
    }

    /// <summary>Manifests of at most 100 images. What is missing is in the failures, not an error.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="imageIds">1 to 100 tags or digests.</param>
    /// <param name="acceptedMediaTypes">The manifest types to be handed out; null for ECR's default, which leaves indexes out.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ImageBatch> BatchGetImageAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, IReadOnlyList<string>? acceptedMediaTypes, CancellationToken cancellationToken) =>
        CallAsync<ImageBatch>("BatchGetImage", new BatchGetImageInput(_registry, repositoryName, imageIds, acceptedMediaTypes), cancellationToken);

    /// <summary>A login to the registry of the caller's account in this region, good for 12 hours.</summary>
    public async Task<RegistryLogin> GetAuthorizationTokenAsync(CancellationToken cancellationToken)
    {
        GetAuthorizationTokenInput input = new(_registry is null ? null : [_registry]);
        GetAuthorizationTokenOutput output = await CallAsync<GetAuthorizationTokenOutput>("GetAuthorizationToken", input, cancellationToken).ConfigureAwait(false);
        return output.AuthorizationData is [{ } data, ..] && Decoded(data.AuthorizationToken) is [var user, var password]
            ? new(user, password, data.ExpiresAt, data.ProxyEndpoint)
            : throw AwsErrors.Missing(AwsService.Ecr, "authorizationToken");
    }

    /// <summary>Where a layer or configuration blob may be fetched for a short while, without further credentials.</summary>
    public async Task<string> GetDownloadUrlForLayerAsync(string repositoryName, string layerDigest, CancellationToken cancellationToken) =>
        (await CallAsync<GetDownloadUrlForLayerOutput>("GetDownloadUrlForLayer", new GetDownloadUrlForLayerInput(_registry, repositoryName, layerDigest), cancellationToken).ConfigureAwait(false)).DownloadUrl;

    /// <summary>The lifecycle policy of a repository. <c>LifecyclePolicyNotFoundException</c> when it has none.</summary>
    public Task<LifecyclePolicyText> GetLifecyclePolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        CallAsync<LifecyclePolicyText>("GetLifecyclePolicy", new RepositoryInput(_registry, repositoryName), cancellationToken);

    /// <summary>Replaces the lifecycle policy of a repository.</summary>
    public Task PutLifecyclePolicyAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutLifecyclePolicy", new PutLifecyclePolicyInput(_registry, repositoryName, policyText), cancellationToken);

    /// <summary>Deletes a repository. <c>RepositoryNotEmptyException</c> when it holds images and <paramref name="force"/> is not set.</summary>
    public Task DeleteRepositoryAsync(string repositoryName, bool force, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteRepository", new DeleteRepositoryInput(_registry, repositoryName, force), cancellationToken);

    private Task<TOut> CallAsync<TOut>(string operation, object input, CancellationToken cancellationToken) =>
        _ecr.JsonAsync<TOut>(operation, input, EcrShapes.Default, cancellationToken);

    private static string[] Decoded(string token)
    {
        Span<byte> bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int length) ? Encoding.UTF8.GetString(bytes[..length]).Split(':', 2) : [];
    }

    private static IEnumerable<string[]?> Chunks(IReadOnlyCollection<string>? names) => names?.Chunk(MaxIds) ?? (IEnumerable<string[]?>)[null];
}
