using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>ECR Public, as a publish sees it. Its API hands out no manifests and no blobs; the registry itself does.</summary>
internal sealed class EcrPublicPublishRegistry(AwsSession aws, string? registryId) : IPublishRegistry
{
    private Task<PushTarget>? _target;
    private Task<RegistryLogin>? _login;

    public Task<PushTarget> FindTargetAsync(ImageReference repository, CancellationToken cancellationToken) => _target = PushTarget.FindPublicAsync(aws, repository, registryId, cancellationToken);

    public Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken) => _login = aws.EcrPublic.GetAuthorizationTokenAsync(cancellationToken);

    public async Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken)
    {
        using PublicImages images = await OpenAsync().ConfigureAwait(false);
        return await images.FindAsync([.. ids], cancellationToken).ConfigureAwait(false);
    }

    public async Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken)
    {
        using PublicImages images = await OpenAsync().ConfigureAwait(false);
        return await images.PlatformAsync(config, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PublicImages> OpenAsync() => new((await _target!.ConfigureAwait(false)).RepositoryUri, token => _login ?? LoginAsync(token));
}
