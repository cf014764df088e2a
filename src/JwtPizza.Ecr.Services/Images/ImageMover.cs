using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Moves images for users: pushes a layout, copies between registries, saves to a layout. All three are one
/// <see cref="Transfer"/>.</summary>
/// <param name="listener">Who hears of it.</param>
internal sealed class ImageMover(BuildListener listener)
{
    /// <summary>Whether signatures and other referrers go along.</summary>
    public bool IncludeReferrers { get; init; }

    /// <summary>Pushes the image of a layout and gives it the tags. A tag that has this very image already is left alone.</summary>
    /// <param name="to">The repository.</param>
    /// <param name="path">A folder or tar.</param>
    /// <param name="layoutTag">Which image of the layout, where it holds several; else null.</param>
    /// <param name="tags">The tags; none takes those of the layout, or <c>latest</c>.</param>
    /// <param name="cancellationToken">Stops the push.</param>
    /// <exception cref="PizzaException"><c>InvalidLayout</c> and <c>ImageTagAlreadyExistsException</c> before anything is sent;
    /// <c>RegistryUnreachable</c> and the registry's refusals.</exception>
    public async Task<PublishedImage> PushAsync(
        ImageRepository to, string path, string? layoutTag, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        LayoutRepository layout = LayoutRepository.Open(path);
        Digest chosen = layout.Choose(layoutTag), image = layout.Present(chosen, listener.Warning);
        tags = tags.Count > 0 ? tags : layout.TagsOf(chosen) is { Count: > 0 } own ? own : [Defaults.ImageTag];
        Transfer transfer = new(layout, to, listener) { IncludeReferrers = IncludeReferrers };
        TransferPlan plan = await transfer.PlanAsync(image.Value, tags, null, cancellationToken).ConfigureAwait(false);
        if (!plan.IsChange)
            listener.Verbose
                ?.Invoke($"{plan.Target.RepositoryUri}: {string.Join(", ", tags)} is already {plan.ImageDigest}; nothing was pushed.");
        TransferResult result = await transfer.RunAsync(plan, cancellationToken).ConfigureAwait(false);
        return new()
        {
            RepositoryName = plan.Target.RepositoryName, RepositoryUri = plan.Target.RepositoryUri,
            ImageUri = $"{plan.Target.RepositoryUri}:{tags[0]}", ImageTags = [.. tags], ImageDigest = plan.ImageDigest,
            Platform = await PlatformAsync(layout, plan.Tree, cancellationToken).ConfigureAwait(false),
            ImageSizeInBytes = plan.Tree.SizeInBytes, DurationSeconds = result.Duration.TotalSeconds,
            Region = plan.Target.Region!, RegistryId = plan.Target.RegistryId!, IsPublic = plan.Target.IsPublic,
            Status = plan.Status, IsVerified = result.IsVerified,
        };
    }

    /// <summary>Looks into a copy; changes nothing.</summary>
    /// <param name="from">Where the image is.</param>
    /// <param name="reference">Its tag or digest.</param>
    /// <param name="to">Where it is to be.</param>
    /// <param name="tags">The tags that it is to have there; none for a copy that is known by its digest alone.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>RepositoryNotFoundException</c>, <c>ImageTagAlreadyExistsException</c>: an
    /// immutable tag is another image's.</exception>
    public async Task<PlannedCopy> PlanCopyAsync(
        ImageRepository from, string reference, ImageRepository to, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Transfer transfer = new(from, to, listener) { IncludeReferrers = ReferenceEquals(from, to) ? null : IncludeReferrers };
        return new(from, transfer, await transfer.PlanAsync(reference, tags, null, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Makes a copy.</summary>
    /// <param name="copy">What was looked into.</param>
    /// <param name="cancellationToken">Stops it; what has arrived is kept, and found by the next.</param>
    public async Task<CopiedImage> CopyAsync(PlannedCopy copy, CancellationToken cancellationToken)
    {
        TransferPlan plan = copy.Plan;
        if (!plan.IsChange)
            listener.Verbose
                ?.Invoke(
                    $"{plan.Target.RepositoryName}: {plan.ImageDigest} already " +
                    $"exists{(plan.Tags.Count > 0 ? " as " + string.Join(", ", plan.Tags) : "")}; nothing changed.");
        TransferResult result = await copy.Transfer.RunAsync(plan, cancellationToken).ConfigureAwait(false);
        return new()
        {
            RepositoryName = plan.Target.RepositoryName, RegistryId = plan.Target.RegistryId, Region = plan.Target.Region,
            RepositoryUri = plan.Target.RepositoryUri,
            ImageTags = [.. plan.Tags], ImageDigest = plan.ImageDigest,
            Source = copy.From is EcrRepository ecr
                ? $"{ecr.Name} ({ecr.RegistryId}, {ecr.Whereabouts})" : $"{copy.From.Whereabouts}/{copy.From.Name}",
            SentInBytes = result.SentInBytes, DurationSeconds = result.Duration.TotalSeconds, Status = plan.Status,
        };
    }

    /// <summary>Saves an image in a layout.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="reference">Its tag or digest.</param>
    /// <param name="path">Ends in .tar for a tar; else it is a folder.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Stops it; of a tar nothing stays.</param>
    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>LayoutExists</c>, <c>LayoutNotWritable</c>,
    /// <c>PlatformNotFound</c>.</exception>
    public async Task<SavedImage> SaveAsync(
        ImageRepository from, string reference, string path, SaveOptions options, CancellationToken cancellationToken)
    {
        RepositoryPlace source = await from.LocateAsync(cancellationToken).ConfigureAwait(false);
        LayoutWriter layout = LayoutWriter.Open(path, options.Force, source.RepositoryUri);
        await using (layout.ConfigureAwait(false))
        {
            Transfer transfer = new(from, layout, listener) { IncludeReferrers = IncludeReferrers };
            TransferPlan plan =
                await transfer.PlanAsync(reference, options.Tags, options.Platform, cancellationToken).ConfigureAwait(false);
            TransferResult result = await transfer.RunAsync(plan, cancellationToken).ConfigureAwait(false);
            return new()
            {
                Path = path, RepositoryName = source.RepositoryName, RepositoryUri = source.RepositoryUri, ImageTags = [.. options.Tags],
                ImageDigest = plan.ImageDigest,
                Platform = await PlatformAsync(from, plan.Tree, cancellationToken).ConfigureAwait(false),
                ImageSizeInBytes = plan.Tree.SizeInBytes, ReceivedInBytes = result.SentInBytes,
                DurationSeconds = result.Duration.TotalSeconds,
                Status = plan.Status,
            };
        }
    }

    private static async Task<string[]> PlatformAsync(ImageRepository from, ImageTree tree, CancellationToken cancellationToken) =>
        tree.Root.Manifest.IsIndex ? [.. tree.Root.Manifest.Platforms]
        : await from.PlatformAsync(tree.Root.Manifest.Config, cancellationToken).ConfigureAwait(false) is { } one ? [one] : [];
}

/// <summary>A copy that was looked into.</summary>
internal sealed record PlannedCopy(ImageRepository From, Transfer Transfer, TransferPlan Plan);

/// <summary>How an image is saved.</summary>
/// <param name="Tags">The tags that it has in the layout.</param>
/// <param name="Platform">The one platform to take out of an index; null for all.</param>
/// <param name="Force">Whether a tar that is there may be replaced.</param>
internal sealed record SaveOptions(IReadOnlyList<string> Tags, Platform? Platform, bool Force);
