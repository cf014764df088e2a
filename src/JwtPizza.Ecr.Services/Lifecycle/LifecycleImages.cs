using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Lifecycle;

/// <summary>The images of a repository as lifecycle rules see them: archived ones too, and which belong to an index.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
internal sealed class LifecycleImages(EcrClient ecr, Action<string> verbose)
{
    private const int PageSize = 1000;

    /// <summary>All images, without the children of indexes.</summary>
    public async Task<List<(LifecycleImage Image, bool IsIndex)>> ListAsync(string repositoryName, CancellationToken cancellationToken)
    {
        List<(LifecycleImage, bool)> all = [];
        await foreach (ImageDetail detail in ecr.DescribeImagesAsync(repositoryName, null, PageSize, cancellationToken, "ANY")
            .ConfigureAwait(false))
            all.Add((Of(detail), MediaTypes.IsIndex(detail.ImageManifestMediaType)));
        return all;
    }

    /// <summary>All images, each index with the digests of its children.</summary>
    public async Task<List<LifecycleImage>> ListWithChildrenAsync(string repositoryName, CancellationToken cancellationToken)
    {
        List<(LifecycleImage Image, bool IsIndex)> all = await ListAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        Dictionary<string, IReadOnlyList<string>> children = [];
        try
        {
            EcrRepository stored = new(ecr, repositoryName);
            foreach (StoredManifest index in (await stored.FindAsync([.. all.Where(i => i.IsIndex).Select(i => i.Image.ImageDigest)],
                cancellationToken).ConfigureAwait(false)).Values)
                children[index.Digest.Value] = [.. index.Manifest.Manifests.Select(m => m.Digest.Value)];
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            verbose(
                $"It is not known which images of '{repositoryName}' belong to an index, so the result can include images that will " +
                $"stay: {e.Message}");
        }
        return [.. all.Select(i =>
            children.TryGetValue(i.Image.ImageDigest, out IReadOnlyList<string>? own) ? i.Image with { Children = own } : i.Image)];
    }

    private static LifecycleImage Of(ImageDetail detail) => new()
    {
        ImageDigest = detail.ImageDigest, ImageTags = detail.ImageTags ?? [], ImageSizeInBytes = detail.ImageSizeInBytes,
        ImagePushedAt = detail.ImagePushedAt ?? DateTimeOffset.UnixEpoch,
        LastPulledAt = detail.LastRecordedPullTime,
        ArchivedAt = detail.ImageStatus == "ARCHIVED" ? detail.LastArchivedAt ?? detail.ImagePushedAt : null,
        LastActivatedAt = detail.LastActivatedAt, SubjectDigest = detail.SubjectManifestDigest,
    };
}
