using System.Collections.Concurrent;
using System.Text;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Reads all that a repository holds, manifests included: a hundred of them a call, several calls at a time.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="counted">Told of how many images were read so far; from any thread.</param>
public sealed class Inventory(EcrClient ecr, Action<int>? counted = null)
{
    // AWS allows 2,000 calls of BatchGetImage a second: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
    private const int PageSize = 1000, Batch = 100, Parallel = 8;

    /// <summary>Reads a repository. Archived images are left out. Needs ecr:DescribeImages and ecr:BatchGetImage.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<RepositoryContent> ReadAsync(Repository repository, CancellationToken cancellationToken)
    {
        ConcurrentBag<ImageContent> images = [];
        int read = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(BatchesAsync(repository, cancellationToken), options, async (batch, token) =>
        {
            foreach (ImageContent image in await ReadAsync(repository, batch, token).ConfigureAwait(false)) images.Add(image);
            counted?.Invoke(Interlocked.Add(ref read, batch.Count));
        }).ConfigureAwait(false);
        return new([.. images.OrderBy(i => i.Image.ImagePushedAt).ThenBy(i => i.Image.ImageDigest, StringComparer.Ordinal)]);
    }

    private async IAsyncEnumerable<List<ImageDetail>> BatchesAsync(Repository repository, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ImageDetail> batch = [];
        await foreach (ImageDetail image in ecr.DescribeImagesAsync(repository.RepositoryName, tagStatus: null, PageSize, cancellationToken).ConfigureAwait(false))
        {
            batch.Add(image);
            if (batch.Count < Batch) continue;
            yield return batch;
            batch = [];
        }
        if (batch.Count > 0) yield return batch;
    }

    private async Task<IEnumerable<ImageContent>> ReadAsync(Repository repository, List<ImageDetail> batch, CancellationToken cancellationToken)
    {
        ImageBatch answer = await ecr.BatchGetImageAsync(repository.RepositoryName, [.. batch.Select(i => new ImageId { ImageDigest = i.ImageDigest })], MediaTypes.Manifests, cancellationToken).ConfigureAwait(false);
        Dictionary<string, ImageManifest> manifests = answer.Images.Where(i => i.ImageId.ImageDigest is not null).DistinctBy(i => i.ImageId.ImageDigest).ToDictionary(i => i.ImageId.ImageDigest!);
        return [.. batch.Select(i => Content(ImageListing.Of(repository, i), manifests.GetValueOrDefault(i.ImageDigest)))];
    }

    // An image whose manifest cannot be read (schema 1, or gone since) counts with the size that ECR gives.
    private static ImageContent Content(EcrImage image, ImageManifest? found)
    {
        if (found is null) return Unread();
        byte[] utf8 = Encoding.UTF8.GetBytes(found.Manifest);
        try
        {
            OciManifest manifest = OciManifest.Parse(utf8, found.ImageManifestMediaType);
            return new(image with { Children = [.. manifest.Manifests.Select(m => m.Digest.Value)], SubjectManifestDigest = image.SubjectManifestDigest ?? manifest.Subject?.Digest.Value },
                [new(image.ImageDigest, utf8.Length), .. manifest.Blobs.Select(b => new StoredBlob(b.Digest.Value, b.Size))]);
        }
        catch (PizzaException e) when (e.ErrorId == "InvalidManifest") { return Unread(); }

        ImageContent Unread() => MediaTypes.IsIndex(image.ImageManifestMediaType)
            ? throw new PizzaException("ManifestNotReadable", PizzaErrorKind.InvalidData,
                $"The index {image.ImageDigest} of '{image.RepositoryName}' cannot be read, so it is not known which images it needs. Try again; if it stays so, delete it with Remove-PizzaImage {image.RepositoryName} -Digest {image.ImageDigest}.", $"{image.RepositoryName}@{image.ImageDigest}")
            : new(image, [new(image.ImageDigest, image.ImageSizeInBytes ?? 0)]);
    }
}
