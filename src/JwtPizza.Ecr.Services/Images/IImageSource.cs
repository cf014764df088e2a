using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What a listing of images asks of a registry, and no more.</summary>
internal interface IImageSource
{
    /// <summary>All images of a repository, page by page.</summary>
    IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, string? tagStatus, int pageSize, CancellationToken cancellationToken);

    /// <summary>The images of these ids. <c>ImageNotFoundException</c> if one is missing.</summary>
    IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, IReadOnlyCollection<ImageId> imageIds, CancellationToken cancellationToken);

    /// <summary>The manifests of at most 100 images, as far as they exist.</summary>
    Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken);

    /// <summary>The platform in a configuration; null when it names none.</summary>
    Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken);
}

/// <summary>Private repositories.</summary>
internal sealed class EcrImageSource(EcrClient ecr) : IImageSource
{
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, string? tagStatus, int pageSize, CancellationToken cancellationToken) =>
        ecr.DescribeImagesAsync(repositoryName, tagStatus, pageSize, cancellationToken);

    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, IReadOnlyCollection<ImageId> imageIds, CancellationToken cancellationToken) =>
        ecr.DescribeImagesAsync(repositoryName, imageIds, cancellationToken);

    public async Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) =>
        (await ecr.BatchGetImageAsync(repositoryName, imageIds, MediaTypes.Manifests, cancellationToken).ConfigureAwait(false)).Images;

    public Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken) => ConfigBlob.PlatformAsync(ecr, repositoryName, config, cancellationToken);
}

/// <summary>One repository of ECR Public.</summary>
/// <param name="ecr">The public registry's API.</param>
/// <param name="repository">The repository.</param>
internal sealed class PublicImageSource(EcrPublicClient ecr, Repository repository) : IImageSource, IDisposable
{
    private readonly PublicImages _images = new(repository.RepositoryUri, ecr.GetAuthorizationTokenAsync);

    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, string? tagStatus, int pageSize, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // ECR Public does not filter.
        await foreach (ImageDetail image in ecr.DescribeImagesAsync(repositoryName, cancellationToken).ConfigureAwait(false))
            if (tagStatus is not "TAGGED" || image.ImageTags is { Count: > 0 }) yield return image;
    }

    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, IReadOnlyCollection<ImageId> imageIds, CancellationToken cancellationToken) =>
        ecr.DescribeImagesAsync(repositoryName, [.. imageIds], cancellationToken);

    public Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) => _images.FindAsync(imageIds, cancellationToken);

    public Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken) => _images.PlatformAsync(config, cancellationToken);

    public void Dispose() => _images.Dispose();
}
