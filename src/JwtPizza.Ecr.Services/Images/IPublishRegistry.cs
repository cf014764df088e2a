using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What a publish asks of ECR, and no more.</summary>
internal interface IPublishRegistry
{
    string Region { get; }

    /// <summary>A new token, good for 12 hours.</summary>
    Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken);

    /// <summary>Needs ecr:DescribeRepositories, which a role that only pushes does not have.</summary>
    Task<Repository> DescribeAsync(string repositoryName, CancellationToken cancellationToken);

    /// <summary>The images of these tags and digests, as far as they exist. Needs ecr:BatchGetImage, which every push needs too.</summary>
    Task<IReadOnlyList<ImageManifest>> FindAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken);

    /// <summary>The platform in a configuration blob; null when it names none. Needs ecr:GetDownloadUrlForLayer.</summary>
    Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken);
}
