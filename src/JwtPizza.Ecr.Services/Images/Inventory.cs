using System.Collections.Concurrent;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Reads all that a repository holds, manifests included: a hundred of them a call, several calls at a time.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="counted">Told of how many images were read so far; from any thread.</param>
internal sealed class Inventory(EcrClient ecr, Action<int>? counted = null)
{
    private const int Batch = 100, Parallel = 8;

    /// <summary>Reads a repository. Archived images are left out. Needs ecr:DescribeImages and ecr:BatchGetImage.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<RepositoryContent> ReadAsync(Repository repository, CancellationToken cancellationToken)
    {
        EcrRepository stored = new(ecr, repository);
        ConcurrentBag<ImageContent> images = [];
        int read = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(BatchesAsync(stored, cancellationToken), options, async (batch, token) =>
        {
            IReadOnlyDictionary<string, StoredManifest> manifests =
                await stored.FindAsync([.. batch.Select(i => i.ImageDigest)], token).ConfigureAwait(false);
            foreach (ImageDetail image in batch)
                images.Add(Content(ImageListing.Of(repository, image), manifests.GetValueOrDefault(image.ImageDigest)));
            counted?.Invoke(Interlocked.Add(ref read, batch.Count));
        }).ConfigureAwait(false);
        return new([.. images.OrderBy(i => i.Image.ImagePushedAt).ThenBy(i => i.Image.ImageDigest, StringComparer.Ordinal)]);
    }

    private static async IAsyncEnumerable<List<ImageDetail>> BatchesAsync(
        EcrRepository stored, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ImageDetail> batch = [];
        await foreach (ImageDetail image in stored.DescribeAsync(isTaggedOnly: false, cancellationToken).ConfigureAwait(false))
        {
            batch.Add(image);
            if (batch.Count < Batch) continue;
            yield return batch;
            batch = [];
        }
        if (batch.Count > 0) yield return batch;
    }

    // An image whose manifest cannot be read (schema 1, or gone since) counts with the size that ECR gives.
    private static ImageContent Content(EcrImage image, StoredManifest? found)
    {
        if (found is null) return Unread();
        try
        {
            OciManifest manifest = found.Manifest;
            return new(image with
            {
                Children = [.. manifest.Manifests.Select(m => m.Digest.Value)],
                SubjectManifestDigest = image.SubjectManifestDigest ?? manifest.Subject?.Digest.Value,
            },
                [new(image.ImageDigest, found.Content.Length), .. manifest.Blobs.Select(b => new StoredBlob(b.Digest.Value, b.Size))]);
        }
        catch (PizzaException e) when (e.ErrorId == "InvalidManifest") { return Unread(); }

        ImageContent Unread() => MediaTypes.IsIndex(image.ImageManifestMediaType)
            ? throw new PizzaException("ManifestNotReadable", PizzaErrorKind.InvalidData,
                $"The index {image.ImageDigest} of '{image.RepositoryName}' cannot be read, so it is not known which images it needs. " +
                "Try again; if it fails again, delete it with " +
                $"{Advice.Run("Remove-PizzaImage", image.RepositoryName).With("-ImageDigest", image.ImageDigest)}.",
                    $"{image.RepositoryName}@{image.ImageDigest}")
            : new(image, [new(image.ImageDigest, image.ImageSizeInBytes ?? 0)]);
    }
}

/// <summary>Weighs repositories of one registry, and adds them up.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="region">Its region.</param>
internal sealed class StorageMeter(EcrClient ecr, string region)
{
    private readonly Dictionary<string, StorageUsage> _repositories = [];
    private readonly HashSet<string> _seen = [];
    private long _distinct;

    /// <summary>Weighs one repository; several may be weighed at once.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="counted">Told of how many of its images were read so far; from any thread.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<StorageUsage> MeasureAsync(Repository repository, Action<int>? counted, CancellationToken cancellationToken)
    {
        RepositoryContent content = await new Inventory(ecr, counted).ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        StoredBlob[] blobs = [.. content.Blobs];
        IReadOnlyList<EcrImage> untagged = content.Unneeded(_ => false);
        StorageUsage usage = new()
        {
            RepositoryName = repository.RepositoryName, RegistryId = repository.RegistryId, Region = repository.Region,
            RepositoryUri = repository.RepositoryUri,
            ImageCount = content.Images.Count, BlobCount = blobs.Length, StorageInBytes = blobs.Sum(b => b.SizeInBytes),
            UntaggedCount = untagged.Count, UntaggedInBytes = content.FreedBy(untagged),
        };
        lock (_repositories)
        {
            _distinct += blobs.Where(b => _seen.Add(b.Digest)).Sum(b => b.SizeInBytes);
            return _repositories[repository.RepositoryName] = usage;   // named twice, it weighs once
        }
    }

    /// <summary>All that was weighed so far.</summary>
    public StorageTotal Total() => new()
    {
        RegistryId = _repositories.Values.FirstOrDefault()?.RegistryId, Region = region, DistinctInBytes = _distinct,
        Repositories =
            [.. _repositories.Values.OrderByDescending(r => r.StorageInBytes).ThenBy(r => r.RepositoryName, StringComparer.Ordinal)],
    };
}
