using System.Diagnostics;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>How far a push is.</summary>
/// <param name="SentBytes">Bytes of layers that the registry has, those that it had before too.</param>
/// <param name="TotalBytes">Bytes of all layers.</param>
public readonly record struct PushProgress(long SentBytes, long TotalBytes);

/// <summary>Pushes an OCI layout to ECR, without docker.</summary>
/// <param name="aws">Where to, and as whom.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
public sealed class PushService(AwsSession aws, IProgress<string> verbose)
{
    // A layer at a time leaves the line idle between requests; more than this only splits it.
    private const int Parallel = 6;
    private const int ReportEvery = 100;

    /// <summary>Pushes the image and gives it the tags. A tag that has this very image already is left alone.</summary>
    /// <param name="target">The repository.</param>
    /// <param name="path">A folder or tar in the OCI image layout.</param>
    /// <param name="layoutTag">Which image of the layout, where it holds several.</param>
    /// <param name="tags">The tags; none takes those of the layout, or <c>latest</c>.</param>
    /// <param name="progress">Told of the bytes.</param>
    /// <param name="cancellationToken">Stops the push.</param>
    /// <exception cref="PizzaException"><c>ImageTagAlreadyExistsException</c> before anything is sent; <c>InvalidLayout</c>; <c>RegistryUnreachable</c> and the registry's other refusals.</exception>
    public async Task<PublishedImage> PushAsync(PushTarget target, string path, string? layoutTag, IReadOnlyList<string> tags, IProgress<PushProgress>? progress, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        OciLayout layout = OciLayout.Open(path, layoutTag);
        PushPlan plan = PushPlan.Of(layout);
        tags = tags.Count > 0 ? tags : layout.Tags.Count > 0 ? layout.Tags : ["latest"];
        using RegistryClient registry = new(target.Host, target.RepositoryName, aws.Ecr.For(target.RegistryId).GetAuthorizationTokenAsync);
        IReadOnlyList<string> missing = await MissingTagsAsync(registry, target, plan.Root.Digest, tags, cancellationToken).ConfigureAwait(false);
        if (missing.Count == 0) verbose.Report($"{target.RepositoryUri}: {string.Join(", ", tags)} is {plan.Root.Digest} already; nothing was pushed.");
        else
        {
            await PutBlobsAsync(registry, layout, plan, progress, cancellationToken).ConfigureAwait(false);
            await PutManifestsAsync(registry, plan, missing, cancellationToken).ConfigureAwait(false);
        }
        return new()
        {
            RepositoryName = target.RepositoryName, RepositoryUri = target.RepositoryUri, ImageUri = $"{target.RepositoryUri}:{tags[0]}", Tags = tags,
            ImageDigest = plan.Root.Digest.Value, Platform = plan.Platform, SizeInBytes = plan.SizeInBytes, Duration = Stopwatch.GetElapsedTime(start),
            Region = target.Region, RegistryId = target.RegistryId, Status = missing.Count == 0 ? PublishStatus.AlreadyPushed : PublishStatus.Pushed, IsVerified = true,
        };
    }

    private static async Task<IReadOnlyList<string>> MissingTagsAsync(RegistryClient registry, PushTarget target, Digest digest, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (string tag in tags)
        {
            Digest? there = await registry.FindManifestAsync(tag, cancellationToken).ConfigureAwait(false);
            if (there == digest) continue;
            if (there is not null && target.Mutability?.IsImmutable(tag) == true)
                throw new PizzaException("ImageTagAlreadyExistsException", PizzaErrorKind.InvalidOperation,
                    $"The tag '{tag}' of '{target.RepositoryName}' is immutable and leads to another image ({there}); this one is {digest}. Nothing was pushed. Choose another -Tag.", $"{target.RepositoryUri}:{tag}");
            missing.Add(tag);
        }
        return missing;
    }

    private async Task PutBlobsAsync(RegistryClient registry, OciLayout layout, PushPlan plan, IProgress<PushProgress>? progress, CancellationToken cancellationToken)
    {
        Meter meter = new(plan.Blobs.Sum(b => b.Size), progress);
        int there = 0;
        // Large ones first, so that none is left alone at the end.
        await System.Threading.Tasks.Parallel.ForEachAsync(plan.Blobs.OrderByDescending(b => b.Size), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (blob, token) =>
        {
            if (await registry.HasBlobAsync(blob.Digest, token).ConfigureAwait(false))
            {
                Interlocked.Increment(ref there);
                meter.Add(blob.Size);
            }
            else await registry.PutBlobAsync(blob.Digest, layout.Find(blob), meter.Add, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        verbose.Report($"{plan.Blobs.Count - there} of {plan.Blobs.Count} blobs were uploaded; the registry had the others.");
    }

    private static async Task PutManifestsAsync(RegistryClient registry, PushPlan plan, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        foreach (PushPlan.Document child in plan.Manifests.SkipLast(1))
            await registry.PutManifestAsync(child.Digest.Value, child.Content, child.Manifest.MediaType, cancellationToken).ConfigureAwait(false);
        foreach (string tag in tags)
        {
            await registry.PutManifestAsync(tag, plan.Root.Content, plan.Root.Manifest.MediaType, cancellationToken).ConfigureAwait(false);
            Digest? there = await registry.FindManifestAsync(tag, cancellationToken).ConfigureAwait(false);
            if (there != plan.Root.Digest)
                throw new PizzaException("DigestMismatch", PizzaErrorKind.OperationFailed, $"The tag '{tag}' was pushed as {plan.Root.Digest}, but leads to {there?.Value ?? "nothing"} now. Somebody else may be pushing it; look with Get-PizzaImage.", tag);
        }
    }

    private sealed class Meter(long total, IProgress<PushProgress>? progress)
    {
        private long _sent, _reportedAt;

        public void Add(long n)
        {
            long sent = Interlocked.Add(ref _sent, n), now = Environment.TickCount64, last = Interlocked.Read(ref _reportedAt);
            if (now - last >= ReportEvery && Interlocked.CompareExchange(ref _reportedAt, now, last) == last) progress?.Report(new(sent, total));
        }
    }
}
