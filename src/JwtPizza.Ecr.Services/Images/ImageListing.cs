using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Which images of a repository to list, and how much of each.</summary>
internal sealed record ImageQuery
{
    /// <summary>Only images without a tag.</summary>
    public bool Untagged { get; init; }

    /// <summary>Which tags are wanted: an image is listed when one of its tags is. Null for all images, also untagged ones.</summary>
    public Func<string, bool>? Tag { get; init; }

    /// <summary>Show the children of an index under it.</summary>
    public bool IncludeChildren { get; init; }

    /// <summary>Find the platform of every image (true), only of indexes (false), or of every image where there are at most
    /// <see cref="ImageListing.Short"/> (null).</summary>
    public bool? IncludePlatform { get; init; }
}

/// <summary>Lists the images of a repository, an index and its children as one.</summary>
/// <param name="images">The repository's images.</param>
/// <param name="repository">The repository.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
internal sealed class ImageListing(AwsRepository images, Repository repository, IProgress<string> verbose)
{
    /// <summary>Up to so many images, each is looked at for its platform: one call more for all, and one small download each.</summary>
    public const int Short = 100;

    /// <summary>The images, tagged ones as soon as they are known. Untagged ones come last, since an index on a later page may own
    /// them.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<EcrImage> ListAsync(ImageQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageGrouping grouping = new(query.IncludeChildren);
        await foreach (EcrImage image in LookedAtAsync(query, cancellationToken).ConfigureAwait(false))
            foreach (EcrImage row in grouping.Add([image]))
                if (IsWanted(row, query)) yield return row;
        HashSet<string> shown = [];
        foreach (EcrImage row in grouping.End())
        {
            if (row.ParentDigest is { } parent ? !shown.Contains(parent) : !IsWanted(row, query)) continue;
            shown.Add(row.ImageDigest);
            yield return row;
        }
    }

    /// <summary>The image that a tag leads to. <c>ImageNotFoundException</c> when there is none.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<EcrImage> GetAsync(string tag, CancellationToken cancellationToken)
    {
        try
        {
            ManifestLookup lookup = new(images, verbose);
            await foreach (ImageDetail detail in images.DescribeAsync(tag, cancellationToken).ConfigureAwait(false))
                return await lookup.LookAsync(Of(repository, detail), cancellationToken).ConfigureAwait(false);
            throw NotFound(null);
        }
        catch (PizzaException e) when (e.ErrorId == "ImageNotFoundException" && e.InnerException is not null) { throw NotFound(e); }

        PizzaException NotFound(Exception? inner) => new("ImageNotFoundException", PizzaErrorKind.NotFound,
            $"'{repository.RepositoryName}' in {repository.Region} has no tag '{tag}'. " +
            $"{Advice.Run("Get-PizzaImage", repository.RepositoryName)} lists what it has.", tag, inner);
    }

    private async IAsyncEnumerable<EcrImage> LookedAtAsync(ImageQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ManifestLookup lookup = new(images, verbose);
        await foreach ((EcrImage image, bool wantsManifest) in WithNeedsAsync(query, cancellationToken).ConfigureAwait(false))
            await foreach (EcrImage done in lookup.AddAsync(image, wantsManifest, cancellationToken).ConfigureAwait(false))
                yield return done;
        await foreach (EcrImage done in lookup.EndAsync(cancellationToken).ConfigureAwait(false)) yield return done;
    }

    // Each image, and whether its manifest is to be read: that of an index always, that of others when the list is short or the user asks.
    private async IAsyncEnumerable<(EcrImage, bool)> WithNeedsAsync(
        ImageQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<EcrImage>? first = query.IncludePlatform is null ? [] : null;
        // ECR could filter by UNTAGGED too, but which of those an index owns, only the index tells.
        await foreach (ImageDetail detail in images.DescribeAsync(query is { Tag: not null, IncludeChildren: false }, cancellationToken)
            .ConfigureAwait(false))
        {
            EcrImage image = Of(repository, detail);
            if (first is null) yield return (image, query.IncludePlatform == true || IsIndex(image));
            else first.Add(image);
            if (first is not { Count: > Short }) continue;
            verbose.Report(
                $"'{repository.RepositoryName}' holds more than {Short} images: only those of several platforms are listed with their " +
                "platforms. -IncludePlatform finds the others, with a download for each.");
            foreach (EcrImage early in first) yield return (early, IsIndex(early));
            first = null;
        }
        foreach (EcrImage early in first ?? []) yield return (early, true);
    }

    private static bool IsIndex(EcrImage image) => MediaTypes.IsIndex(image.ImageManifestMediaType);

    private static bool IsWanted(EcrImage image, ImageQuery query) =>
        query.Untagged ? image.IsUntagged : query.Tag is null || image.ImageTags.Any(query.Tag);

    internal static EcrImage Of(Repository repository, ImageDetail detail) => new()
    {
        RepositoryName = repository.RepositoryName, RegistryId = repository.RegistryId, Region = repository.Region,
        RepositoryUri = repository.RepositoryUri, IsPublic = repository.IsPublic,
        ImageDigest = detail.ImageDigest, ImageTags = [.. detail.ImageTags ?? []], ImageSizeInBytes = detail.ImageSizeInBytes,
        ImagePushedAt = detail.ImagePushedAt,
        ImageManifestMediaType = detail.ImageManifestMediaType, ArtifactMediaType = detail.ArtifactMediaType,
        LastRecordedPullTime = detail.LastRecordedPullTime,
        ImageStatus = detail.ImageStatus, SubjectManifestDigest = detail.SubjectManifestDigest,
    };
}
