using System.Collections.Concurrent;
using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>The manifests and configurations of a repository of ECR Public, which only its registry hands out.</summary>
/// <param name="repositoryUri">Host, alias and name.</param>
/// <param name="login">Gives a login.</param>
internal sealed class PublicImages(string repositoryUri, Func<CancellationToken, Task<RegistryLogin>> login) : IDisposable
{
    private const int Parallel = 8;

    private readonly RegistryClient _registry = new(repositoryUri.Split('/', 2)[0], repositoryUri.Split('/', 2)[1], login);

    /// <summary>Of these images, those that are there, with their manifests.</summary>
    public async Task<IReadOnlyList<ImageManifest>> FindAsync(IReadOnlyCollection<ImageId> ids, CancellationToken cancellationToken)
    {
        ConcurrentBag<ImageManifest> found = [];
        await System.Threading.Tasks.Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (id, token) =>
        {
            if (await _registry.GetManifestAsync(id.ImageDigest ?? id.ImageTag!, token).ConfigureAwait(false) is { } manifest)
                found.Add(new() { ImageId = id with { ImageDigest = Digest.Of(manifest.Content).Value }, Manifest = Encoding.UTF8.GetString(manifest.Content), ImageManifestMediaType = manifest.MediaType });
        }).ConfigureAwait(false);
        return [.. found];
    }

    /// <summary>The platform in a configuration; null when it names none.</summary>
    public async Task<string?> PlatformAsync(Digest config, CancellationToken cancellationToken) =>
        OciPlatform.OfConfig(await _registry.GetBlobAsync(config, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public void Dispose() => _registry.Dispose();
}
