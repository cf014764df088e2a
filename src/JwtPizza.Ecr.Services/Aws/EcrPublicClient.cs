using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR Public that the module uses, one method each. It is one registry for the whole world, called in us-east-1.</summary>
public sealed class EcrPublicClient
{
    /// <summary>Where it is called, whatever region the caller works in.</summary>
    public const string Region = Partition.PublicRegion;

    private const int MaxIds = 100, MaxPage = 1000;
    private const string Host = "public.ecr.aws";
    private readonly AwsConnection _ecr;
    private readonly string? _registry;

    internal EcrPublicClient(AwsConnection ecr, string? registry = null) => (_ecr, _registry) = (ecr, registry);

    /// <summary>The same client for the registry of another account; null or empty means the caller's own.</summary>
    /// <param name="registryId">12 digits.</param>
    public EcrPublicClient For(string? registryId) => new(_ecr, string.IsNullOrEmpty(registryId) ? null : AccountId.Check(registryId));

    /// <summary>Makes a repository. <c>RepositoryAlreadyExistsException</c> when the name is taken.</summary>
    /// <param name="repositoryName">Its name.</param>
    /// <param name="catalog">What the gallery shows of it; null for nothing.</param>
    /// <param name="tags">Its resource tags; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Repository> CreateRepositoryAsync(string repositoryName, RepositoryCatalog? catalog, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        PublicCreateRepositoryInput input = new(repositoryName, catalog is null ? null : CatalogDataInput.Of(catalog), tags is { Count: > 0 } ? ResourceTag.Of(tags) : null);
        PublicRepositoryOutput output = await CallAsync<PublicRepositoryOutput>("CreateRepository", input, cancellationToken).ConfigureAwait(false);
        return output.Repository.ToRepository() with { Catalog = output.CatalogData?.ToCatalog() };
    }

    /// <summary>The repositories of these names (<c>RepositoryNotFoundException</c> if one is missing), or all of the registry, page by page. Without their catalogue data.</summary>
    /// <param name="repositoryNames">The names; null for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Repository> DescribeRepositoriesAsync(IReadOnlyCollection<string>? repositoryNames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[]? names in repositoryNames?.Chunk(MaxIds) ?? (IEnumerable<string[]?>)[null])
        {
            string? token = null;
            do
            {
                DescribeRepositoriesInput input = new(_registry, names, token, names is null ? MaxPage : null);
                PublicDescribeRepositoriesOutput page = await CallAsync<PublicDescribeRepositoriesOutput>("DescribeRepositories", input, cancellationToken).ConfigureAwait(false);
                foreach (WirePublicRepository repository in page.Repositories) yield return repository.ToRepository();
                token = page.NextToken;
            }
            while (!string.IsNullOrEmpty(token));
        }
    }

    /// <summary>What the gallery shows of a repository. <c>RepositoryCatalogDataNotFoundException</c> when that is nothing.</summary>
    public async Task<RepositoryCatalog> GetCatalogDataAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await CallAsync<GetCatalogDataOutput>("GetRepositoryCatalogData", new RepositoryInput(_registry, repositoryName), cancellationToken).ConfigureAwait(false)).CatalogData.ToCatalog();

    /// <summary>Replaces what the gallery shows of a repository.</summary>
    public async Task<RepositoryCatalog> PutCatalogDataAsync(string repositoryName, RepositoryCatalog catalog, CancellationToken cancellationToken) =>
        (await CallAsync<GetCatalogDataOutput>("PutRepositoryCatalogData", new PutCatalogDataInput(_registry, repositoryName, CatalogDataInput.Of(catalog)), cancellationToken).ConfigureAwait(false)).CatalogData.ToCatalog();

    /// <summary>Adds tags to a repository, or gives them new values; others stay.</summary>
    public Task TagResourceAsync(string resourceArn, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("TagResource", new TagResourceInput(resourceArn, ResourceTag.Of(tags)), cancellationToken);

    /// <summary>The tags of a repository.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListTagsForResourceAsync(string resourceArn, CancellationToken cancellationToken) =>
        (await CallAsync<ListTagsOutput>("ListTagsForResource", new ListTagsInput(resourceArn), cancellationToken).ConfigureAwait(false)).Tags?.ToDictionary(t => t.Key, t => t.Value) ?? [];

    /// <summary>Deletes a repository. <c>RepositoryNotEmptyException</c> when it holds images and <paramref name="force"/> is not set.</summary>
    public Task DeleteRepositoryAsync(string repositoryName, bool force, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("DeleteRepository", new DeleteRepositoryInput(_registry, repositoryName, force), cancellationToken);

    /// <summary>All images of a repository, page by page.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, CancellationToken cancellationToken) =>
        DescribeImagesAsync(new PublicDescribeImagesInput(_registry, repositoryName, null, null, MaxPage), cancellationToken);

    /// <summary>The images of these ids, at most 100. <c>ImageNotFoundException</c> if one is missing.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) =>
        DescribeImagesAsync(new PublicDescribeImagesInput(_registry, repositoryName, imageIds, null, null), cancellationToken);

    /// <summary>A login to the public registry, good for 12 hours. Needs ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken.</summary>
    public async Task<RegistryLogin> GetAuthorizationTokenAsync(CancellationToken cancellationToken)
    {
        PublicAuthorizationData data = (await CallAsync<PublicAuthorizationTokenOutput>("GetAuthorizationToken", new Nothing(), cancellationToken).ConfigureAwait(false)).AuthorizationData;
        string host = await GetHostAsync(cancellationToken).ConfigureAwait(false);
        return RegistryLogin.Decode(data.AuthorizationToken, data.ExpiresAt, $"https://{host}") ?? throw AwsErrors.Missing(AwsService.EcrPublic, "authorizationToken");
    }

    /// <summary>The host of the public registry: <c>public.ecr.aws</c>, or what stands in for it where another endpoint stands in for AWS.</summary>
    public async Task<string> GetHostAsync(CancellationToken cancellationToken)
    {
        if (_ecr.Url.Host.Contains("ecr-public", StringComparison.Ordinal)) return Host;
        DescribeRegistriesOutput output = await CallAsync<DescribeRegistriesOutput>("DescribeRegistries", new Nothing(), cancellationToken).ConfigureAwait(false);
        return output.Registries is [var own, ..] ? own.RegistryUri.Split('/')[0] : Host;
    }

    private async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(PublicDescribeImagesInput input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            DescribeImagesOutput page = await CallAsync<DescribeImagesOutput>("DescribeImages", input, cancellationToken).ConfigureAwait(false);
            foreach (ImageDetail image in page.ImageDetails) yield return image;
            input = input with { NextToken = page.NextToken };
        }
        while (!string.IsNullOrEmpty(input.NextToken));
    }

    private Task<TOut> CallAsync<TOut>(string operation, object input, CancellationToken cancellationToken) =>
        _ecr.JsonAsync<TOut>(operation, input, EcrPublicShapes.Default, cancellationToken);
}
