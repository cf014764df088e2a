using System.Globalization;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>The untagged images of a repository that may go, and those that stay though they have no tag.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Images">What may go.</param>
/// <param name="FreedInBytes">The bytes that are free then; layers that other images share stay.</param>
/// <param name="Used">What ECS uses, with the user.</param>
/// <param name="YoungCount">How many are too young to go.</param>
internal sealed record ClearPlan(Repository Repository, IReadOnlyList<EcrImage> Images, long FreedInBytes,
    IReadOnlyList<(EcrImage Image, string User)> Used, int YoungCount)
{
    private const int Listed = 20;

    /// <summary>What would be done, in the user's words.</summary>
    public string Description =>
        $"{Repository.RepositoryName} in {Repository.Region}: delete {Images.Count} untagged " +
        $"{(Images.Count == 1 ? "image" : "images")}, which frees {Short.Megabytes(FreedInBytes)} MB";

    /// <summary>A line an image, twenty at most.</summary>
    public string List =>
        string.Join('\n', Images.Take(Listed).Select(Line)) + (Images.Count > Listed ? $"\n  and {Images.Count - Listed} more" : "");

    /// <summary>Decides.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="content">All that it holds.</param>
    /// <param name="inUse">What ECS uses.</param>
    /// <param name="pushedBefore">Only images that were pushed before this may go; null for all.</param>
    public static ClearPlan Of(Repository repository, RepositoryContent content, ImagesInUse inUse, DateTimeOffset? pushedBefore)
    {
        EcrImage[] untagged = [.. content.Images.Select(i => i.Image).Where(i => i.IsUntagged)];
        (EcrImage Image, string User)[] used =
            [.. untagged.Select(i => (Image: i, User: inUse.UserOf(i))).Where(u => u.User is not null).Select(u => (u.Image, u.User!))];
        HashSet<string> stay = [.. used.Select(u => u.Image.ImageDigest)];
        IReadOnlyList<EcrImage> unneeded = content.Unneeded(i => stay.Contains(i.ImageDigest)),
            going = content.Unneeded(i => stay.Contains(i.ImageDigest) || i.ImagePushedAt >= pushedBefore);
        return new(repository, [.. going.OrderBy(i => !MediaTypes.IsIndex(i.ImageManifestMediaType))], content.FreedBy(going), used,
            unneeded.Count - going.Count);
    }

    /// <summary>Deletes what was planned, but for what has got a tag or has gone since.</summary>
    /// <param name="ecr">The registry.</param>
    /// <param name="removed">Told of each image that is gone.</param>
    /// <param name="failed">Told of each that is not.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task RunAsync(
        EcrClient ecr, Action<RemovedImage> removed, Action<PizzaException> failed, CancellationToken cancellationToken)
    {
        ImageRemover remover = new(new EcrRepository(ecr, Repository));
        foreach (EcrImage[] some in Images.Chunk(ImageRemover.Batch))
        {
            IReadOnlyList<PlannedRemoval> now =
                await remover.PlanAsync([.. some.Select(i => new ImageId { ImageDigest = i.ImageDigest })], _ => { }, cancellationToken)
                    .ConfigureAwait(false);
            foreach (RemovedImage image in await remover.RemoveAsync([.. now.Where(p => p.Image?.ImageTags is null or [])], failed,
                cancellationToken).ConfigureAwait(false))
                removed(image);
        }
        foreach (RemovedImage image in await remover.EndAsync(failed, cancellationToken).ConfigureAwait(false)) removed(image);
    }

    private static string Line(EcrImage image) =>
        string.Create(CultureInfo.InvariantCulture,
            $"  {image.ImageDigest}  {Short.Megabytes(image.ImageSizeInBytes),9} MB  pushed {image.ImagePushedAt:yyyy-MM-dd}");
}
