using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>One thing to be removed, and what is known of it.</summary>
/// <param name="Id">A digest (the image with all its tags), or a tag.</param>
/// <param name="Image">The image; null when the caller may not see it.</param>
/// <param name="Stays">The other tags, under which the image stays; empty when it goes, and when that is not known.</param>
internal sealed record PlannedRemoval(ImageId Id, ImageDetail? Image, IReadOnlyList<string> Stays)
{
    /// <summary>What will happen, in the user's words.</summary>
    public string Description => (Id.ImageTag, Stays) switch
    {
        ({ } tag, []) when Image is null => $"Remove the tag '{tag}', and the image if that is its last tag",
        ({ } tag, []) => $"Delete the image of the tag '{tag}' ({Short.Megabytes(Image.ImageSizeInBytes)} MB)",
        ({ } tag, _) => $"Remove the tag '{tag}' only: its image stays under {string.Join(", ", Stays)}",
        _ when Image is null => $"Delete the image {Id.ImageDigest}",
        _ => $"Delete the image {Id.ImageDigest} ({Tags}, {Short.Megabytes(Image.ImageSizeInBytes)} MB)",
    };

    private string Tags => Image?.ImageTags is { Count: > 0 } tags ? string.Join(", ", tags) : "untagged";
}

/// <summary>
/// Removes images of one repository, a hundred a call. ECR keeps an image that an index needs; whoever removes both names them in any
/// order, so such an image is tried again after everything else.
/// </summary>
/// <param name="repository">The repository.</param>
internal sealed class ImageRemover(EcrRepository repository)
{
    /// <summary>As many as one call takes.</summary>
    public const int Batch = 100;

    private readonly List<PlannedRemoval> _needed = [];
    private readonly List<ImageFailure> _because = [];

    /// <summary>Looks up what the ids lead to. Without ecr:DescribeImages it is not known.</summary>
    /// <param name="ids">At most <see cref="Batch"/> digests and tags; a tag with a digest is removed only if it leads there.</param>
    /// <param name="failed">Told of each that does not exist.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<PlannedRemoval>> PlanAsync(
        IReadOnlyList<ImageId> ids, Action<PizzaException> failed, CancellationToken cancellationToken)
    {
        Dictionary<ImageId, ImageDetail>? found;
        try { found = await DescribeAsync([.. ids.Select(Unchecked)], cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e)
            when (e.Kind == PizzaErrorKind.PermissionDenied) { return [.. ids.Select(id => new PlannedRemoval(Unchecked(id), null, []))]; }
        List<PlannedRemoval> plan = [];
        HashSet<string> going = [];
        HashSet<(string, string)> untagged = [];
        foreach (ImageId asked in ids)
        {
            ImageId id = Unchecked(asked);
            if (!found.TryGetValue(id, out ImageDetail? image)) { failed(ImageFailures.Missing(id, repository.Name)); continue; }
            if (asked.ImageDigest is { } expected && expected != image.ImageDigest)
            {
                failed(
                    ImageFailures.Of(
                        new() { ImageId = asked, FailureCode = "ImageTagDoesNotMatchDigest", FailureReason = "it refers to " +
                            $"{image.ImageDigest}, not to {expected}" }, repository.Name));
                continue;
            }
            if (going.Contains(image.ImageDigest)) continue;   // named twice
            if (id.ImageTag is { } tag) untagged.Add((image.ImageDigest, tag));
            string[] stays = id.ImageTag is null ? [] : [.. (image.ImageTags ?? []).Where(t => !untagged.Contains((image.ImageDigest, t)))];
            if (stays is []) going.Add(image.ImageDigest);
            plan.Add(new(id, image, stays));
        }
        return plan;
    }

    /// <summary>Removes what was planned. What an index needs waits for <see cref="EndAsync"/>.</summary>
    /// <param name="plan">At most <see cref="Batch"/> removals.</param>
    /// <param name="failed">Told of each that was not removed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<RemovedImage>> RemoveAsync(
        IReadOnlyList<PlannedRemoval> plan, Action<PizzaException> failed, CancellationToken cancellationToken)
    {
        if (plan.Count == 0) return [];
        ImageDeletion answer =
            await repository.DeleteAsync([.. plan.Select(p => p.Id)], cancellationToken).ConfigureAwait(false);
        foreach (ImageFailure failure in answer.Failures)
        {
            if (failure.FailureCode == ImageFailures.Referenced && plan.FirstOrDefault(p => Is(p.Id, failure.ImageId)) is { } needed)
            {
                _needed.Add(needed);
                _because.Add(failure);
            }
            else failed(ImageFailures.Of(failure, repository.Name));
        }
        return [.. plan.Select(p => Removed(p, answer)).OfType<RemovedImage>()];
    }

    /// <summary>Tries again what indexes needed, until nothing more goes.</summary>
    /// <param name="failed">Told of each that stays.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<RemovedImage>> EndAsync(Action<PizzaException> failed, CancellationToken cancellationToken)
    {
        List<RemovedImage> removed = [];
        for (int before = 0; _needed.Count > 0 && _needed.Count != before;)
        {
            before = _needed.Count;
            PlannedRemoval[] again = [.. _needed];
            _needed.Clear();
            _because.Clear();
            foreach (PlannedRemoval[] some in again.Chunk(Batch))
                removed.AddRange(await RemoveAsync(some, failed, cancellationToken).ConfigureAwait(false));
        }
        foreach (ImageFailure failure in _because) failed(ImageFailures.Of(failure, repository.Name));
        _needed.Clear();
        _because.Clear();
        return removed;
    }

    private RemovedImage? Removed(PlannedRemoval planned, ImageDeletion answer)
    {
        ImageId[] gone =
            [.. answer.ImageIds.Where(i => planned.Id.ImageTag is { } tag ? i.ImageTag == tag : i.ImageDigest == planned.Id.ImageDigest)];
        return gone is [] ? null : new()
        {
            RepositoryName = repository.Name, RegistryId = planned.Image?.RegistryId ?? repository.RegistryId,
            Region = repository.Whereabouts,
            ImageDigest = gone[0].ImageDigest ?? planned.Image?.ImageDigest ?? "",
            ImageTags = [.. gone.Select(i => i.ImageTag).OfType<string>()],
            IsImageDeleted = planned.Id.ImageTag is null ? true : planned.Image is null ? null : planned.Stays is [],
            ImageSizeInBytes = planned.Stays is [] ? planned.Image?.ImageSizeInBytes : 0, ImagePushedAt = planned.Image?.ImagePushedAt,
        };
    }

    // ECR answers a list with one bad id by an error that is about that one: by halves, the others are found with few calls.
    private async Task<Dictionary<ImageId, ImageDetail>> DescribeAsync(IReadOnlyList<ImageId> ids, CancellationToken cancellationToken)
    {
        Dictionary<ImageId, ImageDetail> found = [];
        try
        {
            await foreach (ImageDetail image in repository.DescribeAsync(ids, cancellationToken).ConfigureAwait(false))
                foreach (ImageId id in ids)
                    if (id.ImageTag is { } tag ? image.ImageTags?.Contains(tag) == true : image.ImageDigest == id.ImageDigest)
                        found[id] = image;
        }
        catch (PizzaException e) when (e.ErrorId == "ImageNotFoundException")
        {
            for (int half = (ids.Count + 1) / 2, at = 0; ids.Count > 1 && at < ids.Count; at += half)
                foreach ((ImageId id,
                    ImageDetail image) in await DescribeAsync([.. ids.Skip(at).Take(half)], cancellationToken).ConfigureAwait(false))
                    found[id] = image;
        }
        return found;
    }

    // By a tag and a digest at once, ECR would delete the image with all its tags.
    private static ImageId Unchecked(ImageId id) => id.ImageTag is null ? id : id with { ImageDigest = null };

    private static bool Is(ImageId ours, ImageId? theirs) =>
        ours.ImageTag is { } tag ? theirs?.ImageTag == tag : theirs?.ImageDigest == ours.ImageDigest;
}
