using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What a publish asks of ECR, and no more.</summary>
internal interface IPublishRegistry
{
    /// <summary>The registry that a repository is in.</summary>
    static IPublishRegistry Of(AwsSession aws, string? registryId, bool isPublic) => isPublic ? new EcrPublicPublishRegistry(aws, registryId) : new EcrPublishRegistry(aws, registryId);

    /// <summary>The repository, as far as the caller may see it.</summary>
    Task<PushTarget> FindTargetAsync(ImageReference repository, CancellationToken cancellationToken);

    /// <summary>A new token, good for 12 hours.</summary>
    Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken);

    /// <summary>The images of these tags and digests, as far as they exist. Needs ecr:BatchGetImage, which every push needs too.</summary>
    Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken);

    /// <summary>The platform in a configuration blob; null when it names none. Needs ecr:GetDownloadUrlForLayer.</summary>
    Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken);
}
