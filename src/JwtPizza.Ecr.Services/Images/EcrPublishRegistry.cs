using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>ECR, as a publish sees it.</summary>
internal sealed class EcrPublishRegistry(AwsSession aws, string? registryId) : IPublishRegistry
{
    private static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly EcrClient _ecr = aws.Ecr.For(registryId);

    public string Region => aws.Region;

    public Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken) => _ecr.GetAuthorizationTokenAsync(cancellationToken);

    public async Task<Repository> DescribeAsync(string repositoryName, CancellationToken cancellationToken)
    {
        await foreach (Repository repository in _ecr.DescribeRepositoriesAsync([repositoryName], cancellationToken).ConfigureAwait(false)) return repository;
        throw new PizzaException("RepositoryNotFoundException", PizzaErrorKind.NotFound, $"The repository '{repositoryName}' does not exist. Create it with New-PizzaRepository {repositoryName}.", repositoryName);
    }

    public async Task<IReadOnlyList<ImageManifest>> FindAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken)
    {
        List<ImageManifest> found = [];
        foreach (ImageId[] some in ids.Chunk(100))
        {
            found.AddRange((await _ecr.BatchGetImageAsync(repositoryName, some, MediaTypes.Manifests, cancellationToken).ConfigureAwait(false)).Images);
        }
        return found;
    }

    public async Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken)
    {
        string url = await _ecr.GetDownloadUrlForLayerAsync(repositoryName, config.Value, cancellationToken).ConfigureAwait(false);
        return OciPlatform.OfConfig(await s_http.GetByteArrayAsync(new Uri(url), cancellationToken).ConfigureAwait(false));
    }
}
