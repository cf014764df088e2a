using System.Diagnostics;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>A transfer that was looked into, and can be made.</summary>
internal sealed record TransferPlan(ImageTree Tree, RepositoryPlace Target)
{
    /// <summary>The tags that the image is to have.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Those of them that lead elsewhere, or nowhere, now.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Whether the target has the image, under whatever name.</summary>
    public required bool IsThere { get; init; }

    /// <summary>What goes along: signatures, lists of parts and attestations, each after what it is about.</summary>
    public IReadOnlyList<ImageTree> Referrers { get; init; } = [];

    /// <summary>What would be done, in the user's words.</summary>
    public required string Description { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => !IsThere || Missing.Count > 0 || Referrers.Count > 0;

    /// <summary>What becomes of the image at the target.</summary>
    public ChangeStatus Status => !IsChange ? ChangeStatus.Unchanged : IsThere ? ChangeStatus.Changed : ChangeStatus.Created;

    /// <summary>The image's digest.</summary>
    public string ImageDigest => Tree.Root.Digest.Value;
}

/// <summary>What was done.</summary>
/// <param name="SentInBytes">The bytes that had to be sent.</param>
/// <param name="IsVerified">Whether the tags were read back; false without the right to.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record TransferResult(long SentInBytes, bool IsVerified, TimeSpan Duration);

/// <summary>
/// Moves an image from one place to another, manifests byte for byte: first the blobs that the target lacks, the largest first and several
/// at a
/// time, mounted where that is possible; then manifests, children before their index; the tags last. So what breaks off goes on where it
/// was.
/// </summary>
/// <param name="from">Where the image is.</param>
/// <param name="to">Where it is to be.</param>
/// <param name="listener">Who hears of it.</param>
internal sealed class Transfer(ImageRepository from, ImageRepository to, BuildListener listener)
{
    /// <summary>Whether signatures and other referrers go along; null: they stay, and it is not even said.</summary>
    public bool? IncludeReferrers { get; init; } = false;

    /// <summary>Reads the image, and looks at what is at the target now. Changes nothing.</summary>
    /// <param name="reference">The image's tag or digest at the source.</param>
    /// <param name="tags">The tags for the target; none for an image that is known by its digest alone.</param>
    /// <param name="platform">Takes the image of one platform out of an index; null for all.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>RepositoryNotFoundException</c>, <c>ImageTagAlreadyExistsException</c>: an
    /// immutable tag is another image's.</exception>
    public async Task<TransferPlan> PlanAsync(
        string reference, IReadOnlyList<string> tags, Platform? platform, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(from, to)) return await PlanTagsAsync(reference, tags, cancellationToken).ConfigureAwait(false);
        Task<ImageTree> reading = ImageTree.ReadAsync(from, reference, cancellationToken);
        Task<RepositoryPlace> finding = to.LocateAsync(cancellationToken);
        await Task.WhenAll(reading, finding).ConfigureAwait(false);
        (ImageTree tree, RepositoryPlace target) = (await reading.ConfigureAwait(false), await finding.ConfigureAwait(false));
        if (platform is { } one) tree = tree.For(one, from.Name);
        await from.CheckAsync(tree, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, StoredManifest> found = await FoundAsync([tree.Root.Digest.Value, .. tags], cancellationToken)
            .ConfigureAwait(false) ?? new Dictionary<string, StoredManifest>();
        return Plan(tree, target, tags, found) with { Referrers = await ReferrersAsync(tree, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Makes it.</summary>
    /// <param name="plan">What was looked into.</param>
    /// <param name="cancellationToken">Stops it; what has arrived is kept, and found by the next.</param>
    public async Task<TransferResult> RunAsync(TransferPlan plan, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp(), sent = 0;
        if (!plan.IsThere) sent += await MoveAsync(plan.Tree, cancellationToken).ConfigureAwait(false);
        if (!plan.IsThere || plan.Missing.Count > 0)
            foreach (string? tag in plan.Missing.DefaultIfEmpty<string?>(null))
                await to.PutManifestAsync(plan.Tree.Root, tag, cancellationToken).ConfigureAwait(false);
        foreach (ImageTree referrer in plan.Referrers)
        {
            sent += await MoveAsync(referrer, cancellationToken).ConfigureAwait(false);
            await to.PutManifestAsync(referrer.Root, null, cancellationToken).ConfigureAwait(false);
        }
        await to.CompleteAsync(cancellationToken).ConfigureAwait(false);
        bool isVerified = !plan.IsChange || await VerifyAsync(plan, cancellationToken).ConfigureAwait(false);
        return new(sent, isVerified, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The error for a tag that cannot be changed.</summary>
    public static PizzaException Taken(RepositoryPlace target, string tag, Digest digest) =>
        new("ImageTagAlreadyExistsException", PizzaErrorKind.InvalidOperation,
        $"The tag '{tag}' of '{target.RepositoryName}' refers to another image ({digest}) and cannot be changed, because " +
        "the repository's tags are immutable. Choose another -Tag; nothing was pushed under this one.", $"{target.RepositoryUri}:{tag}");

    /// <summary>Within one repository only tags are set: the image and what they lead to now are one question.</summary>
    private async Task<TransferPlan> PlanTagsAsync(string reference, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Task<IReadOnlyDictionary<string, StoredManifest>> reading =
            to.FindAsync([.. tags.Prepend(reference).Distinct()], cancellationToken);
        Task<RepositoryPlace> finding = to.LocateAsync(cancellationToken);
        await Task.WhenAll(reading, finding).ConfigureAwait(false);
        IReadOnlyDictionary<string, StoredManifest> found = await reading.ConfigureAwait(false);
        ImageTree image = new([found.GetValueOrDefault(reference) ?? throw from.Missing(reference)]);
        return Plan(image, await finding.ConfigureAwait(false), tags, found);
    }

    private TransferPlan Plan(
        ImageTree tree, RepositoryPlace target, IReadOnlyList<string> tags, IReadOnlyDictionary<string, StoredManifest> found)
    {
        string[] missing = [.. tags.Where(t => found.GetValueOrDefault(t)?.Digest != tree.Root.Digest)];
        if (missing.FirstOrDefault(t => found.ContainsKey(t) && target.Mutability?.IsImmutable(t) == true) is { } taken)
            throw Taken(target, taken, found[taken].Digest);
        bool isThere = found.Values.Any(m => m.Digest == tree.Root.Digest);
        return new(tree, target)
        {
            Tags = tags, Missing = missing, IsThere = isThere,
            Description = isThere ? $"Tag {tree.Root.Digest} of '{target.RepositoryName}'{In(target)} as {string.Join(", ", missing)}"
                : $"Copy {from.Name}@{tree.Root.Digest} from {from.Whereabouts} to " +
                    $"'{target.RepositoryUri}'{In(target)}{(missing.Length > 0 ? $" as {string.Join(", ", missing)}" : "")} " +
                    $"({tree.Manifests.Count} {(tree.Manifests.Count == 1 ? "manifest" : "manifests")}, " +
                    $"{Short.Megabytes(tree.Blobs.Sum(b => b.Size))} MB)",
        };
    }

    private async Task<long> MoveAsync(ImageTree tree, CancellationToken cancellationToken)
    {
        PushMeter meter = new(tree.Blobs.Sum(b => b.Size), listener.Progress);
        int there = 0, mounted = 0;
        long sent = 0;
        string? mountFrom = from.Registry is { } registry && registry == to.Registry ? from.Name : null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = to.Parallel, CancellationToken = cancellationToken };
        // Large ones first, so that none is left alone at the end.
        await Parallel.ForEachAsync(tree.Blobs.OrderByDescending(b => b.Size), options, async (blob, token) =>
        {
            if (await to.HasBlobAsync(blob.Digest, token).ConfigureAwait(false)) Interlocked.Increment(ref there);
            else if (await to.PutBlobAsync(from.Source(blob), meter.Add, mountFrom, token).ConfigureAwait(false))
                Interlocked.Increment(ref mounted);
            else
            {
                Interlocked.Add(ref sent, blob.Size);
                return;
            }
            meter.Add(blob.Size);
        }).ConfigureAwait(false);
        int all = tree.Blobs.Count;
        listener.Verbose
            ?.Invoke(
                $"{all} blobs: {mounted} mounted, {there} there already. {all - there - mounted} of {all} blobs were sent, " +
                $"{Short.Megabytes(sent)} MB.");
        foreach (StoredManifest child in tree.Manifests.SkipLast(1))
            await to.PutManifestAsync(child, null, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    // What refers to the image or to one of its children, and what refers to that.
    private async Task<IReadOnlyList<ImageTree>> ReferrersAsync(ImageTree tree, CancellationToken cancellationToken)
    {
        if (IncludeReferrers is null) return [];
        List<ImageTree> found = [];
        HashSet<Digest> known = [.. tree.Manifests.Select(m => m.Digest)];
        Queue<Digest> open = new(known);
        try
        {
            while (open.TryDequeue(out Digest subject))
            {
                foreach (Digest referrer in await from.ReferrersAsync(subject, cancellationToken).ConfigureAwait(false))
                {
                    if (!known.Add(referrer)) continue;
                    found.Add(await ImageTree.ReadAsync(from, referrer.Value, cancellationToken).ConfigureAwait(false));
                    open.Enqueue(referrer);
                }
            }
        }
        catch (PizzaException e) when (IncludeReferrers == false)
        {
            listener.Verbose?.Invoke($"It is not known whether '{from.Name}' has signatures or other referrers of the image: {e.Message}");
            return [];
        }
        if (IncludeReferrers == true) return found;
        if (found.Count > 0)
            listener.Warning
                ?.Invoke(
                    $"{found.Count} {(found.Count == 1 ? "referrer" : "referrers")} of the image " +
                    $"({string.Join(", ", found.Select(f => f.Root.Manifest.ArtifactType ?? "no type").Distinct())}) were not " +
                    "copied. -IncludeReferrers copies them too.");
        return [];
    }

    private async Task<IReadOnlyDictionary<string, StoredManifest>?> FoundAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        try { return await to.FindAsync(references, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            listener.Verbose?.Invoke($"Not checked: {e.Message}");
            return null;
        }
    }

    private async Task<bool> VerifyAsync(TransferPlan plan, CancellationToken cancellationToken)
    {
        string[] asked = plan.Tags.Count > 0 ? [.. plan.Tags] : [plan.ImageDigest];
        if (await FoundAsync(asked, cancellationToken).ConfigureAwait(false) is not { } now)
        {
            listener.Warning?.Invoke("The image was pushed, but not verified: reading it back needs ecr:BatchGetImage.");
            return false;
        }
        if (asked.FirstOrDefault(t => now.GetValueOrDefault(t)?.Digest != plan.Tree.Root.Digest) is not { } wrong) return true;
        throw ErrorCatalog.DigestMismatch(
            $"'{wrong}' was written as {plan.ImageDigest}, but now refers to {now.GetValueOrDefault(wrong)?.Digest.Value ?? "nothing"}. " +
            $"Someone else may have changed '{plan.Target.RepositoryName}' at the same moment; " +
            "check with Get-PizzaImage and run the command again.", plan.Target.RepositoryUri);
    }

    private static string In(RepositoryPlace target) => target.Region is { } region ? $" in {region}" : "";
}

/// <summary>Adds up what several uploads have sent, and tells of it ten times a second at most.</summary>
internal sealed class PushMeter(long total, IProgress<BuildProgress>? progress)
{
    private const int ReportEvery = 100;
    private long _sent, _reportedAt;

    public void Add(long n)
    {
        long sent = Interlocked.Add(ref _sent, n), now = Environment.TickCount64, last = Interlocked.Read(ref _reportedAt);
        if (now - last < ReportEvery || Interlocked.CompareExchange(ref _reportedAt, now, last) != last) return;
        progress?.Report(new($"{sent / 1e6:0.0} of {total / 1e6:0.0} MB", total == 0 ? 100 : (int)Math.Clamp(100 * sent / total, 0, 100)));
    }
}
