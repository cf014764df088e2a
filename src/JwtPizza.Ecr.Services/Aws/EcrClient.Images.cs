using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>All images of a repository, page by page; archived ones are left out, as ECR does by itself, unless a status is named.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="tagStatus">TAGGED, UNTAGGED or ANY; null for ECR's default, all.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <param name="imageStatus">ACTIVE (ECR's default), ARCHIVED, ACTIVATING or ANY.</param>
    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(
        string repositoryName, string? tagStatus, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken, string? imageStatus = null)
    {
        DescribeImagesInput input = new(_registry, repositoryName) { Filter = tagStatus is null && imageStatus is null ? null : new(tagStatus, imageStatus), MaxResults = pageSize };
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

    /// <summary>Where a layer or configuration blob may be fetched for a short while, without further credentials.</summary>
    public async Task<string> GetDownloadUrlForLayerAsync(string repositoryName, string layerDigest, CancellationToken cancellationToken) =>
        (await CallAsync<GetDownloadUrlForLayerOutput>("GetDownloadUrlForLayer", new GetDownloadUrlForLayerInput(_registry, repositoryName, layerDigest), cancellationToken).ConfigureAwait(false)).DownloadUrl;

    /// <summary>Deletes at most 100 images: by digest with all their tags, by tag alone only that tag, and with its last tag the image. What stays is in the failures, not an error.</summary>
    public Task<ImageDeletion> BatchDeleteImageAsync(string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) =>
        CallAsync<ImageDeletion>("BatchDeleteImage", new BatchDeleteImageInput(_registry, repositoryName, imageIds), EcrImageShapes.Default, cancellationToken);

    /// <summary>Stores a manifest whose layers or children are there. <c>ImageAlreadyExistsException</c> when this very image has this tag, <c>ImageTagAlreadyExistsException</c> when an immutable tag is another's.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="manifest">The manifest or index, byte for byte.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="digest">Its digest, which ECR checks; null leaves it to ECR.</param>
    /// <param name="tag">The tag; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task PutImageAsync(string repositoryName, string manifest, string? mediaType, string? digest, string? tag, CancellationToken cancellationToken) =>
        CallAsync<Nothing>("PutImage", new PutImageInput(_registry, repositoryName, manifest) { ImageManifestMediaType = mediaType, ImageDigest = digest, ImageTag = tag }, EcrImageShapes.Default, cancellationToken);
}
