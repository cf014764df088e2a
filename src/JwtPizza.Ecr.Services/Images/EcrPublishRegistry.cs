using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>ECR, as a publish sees it.</summary>
internal sealed class EcrPublishRegistry(AwsSession aws, string? registryId) : IPublishRegistry
{
    private readonly EcrClient _ecr = aws.Ecr.For(registryId);

    public Task<PushTarget> FindTargetAsync(ImageReference repository, CancellationToken cancellationToken) => PushTarget.FindAsync(aws, repository, registryId, cancellationToken);

    public Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken) => _ecr.GetAuthorizationTokenAsync(cancellationToken);

    public async Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken)
    {
        List<ImageManifest> found = [];
        foreach (ImageId[] some in ids.Chunk(100))
        {
            found.AddRange((await _ecr.BatchGetImageAsync(repositoryName, some, MediaTypes.Manifests, cancellationToken).ConfigureAwait(false)).Images);
        }
        return found;
    }

    public Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken) => ConfigBlob.PlatformAsync(_ecr, repositoryName, config, cancellationToken);
}
