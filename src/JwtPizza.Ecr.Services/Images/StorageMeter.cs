using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Weighs repositories of one registry, and adds them up.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="region">Its region.</param>
/// <param name="counted">Told of how many images of the repository at hand were read so far; from any thread.</param>
public sealed class StorageMeter(EcrClient ecr, string region, Action<int>? counted)
{
    private readonly Inventory _inventory = new(ecr, counted);
    private readonly Dictionary<string, StorageUsage> _repositories = [];
    private readonly HashSet<string> _seen = [];
    private long _distinct;

    /// <summary>Weighs one repository.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<StorageUsage> MeasureAsync(Repository repository, CancellationToken cancellationToken)
    {
        RepositoryContent content = await _inventory.ReadAsync(repository, cancellationToken).ConfigureAwait(false);
        StoredBlob[] blobs = [.. content.Blobs];
        IReadOnlyList<EcrImage> untagged = content.Unneeded(_ => false);
        _distinct += blobs.Where(b => _seen.Add(b.Digest)).Sum(b => b.SizeInBytes);
        StorageUsage usage = new()
        {
            RepositoryName = repository.RepositoryName, RegistryId = repository.RegistryId, Region = repository.Region, RepositoryUri = repository.RepositoryUri,
            ImageCount = content.Images.Count, BlobCount = blobs.Length, StorageInBytes = blobs.Sum(b => b.SizeInBytes),
            UntaggedCount = untagged.Count, UntaggedInBytes = content.FreedBy(untagged),
        };
        return _repositories[repository.RepositoryName] = usage;   // named twice, it weighs once
    }

    /// <summary>All that was weighed so far.</summary>
    public StorageTotal Total() => new()
    {
        RegistryId = _repositories.Values.FirstOrDefault()?.RegistryId, Region = region, DistinctInBytes = _distinct,
        Repositories = [.. _repositories.Values.OrderByDescending(r => r.StorageInBytes).ThenBy(r => r.RepositoryName, StringComparer.Ordinal)],
    };
}
