using System.Diagnostics;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Pushes an OCI layout to ECR, without docker.</summary>
/// <param name="aws">The session to ask ECR with.</param>
/// <param name="registryId">The account that owns the registry; null for the caller's own.</param>
/// <param name="isPublic">Whether the repository is in ECR Public.</param>
/// <param name="listener">Who hears of the push.</param>
public sealed class PushService(AwsSession aws, string? registryId, bool isPublic, BuildListener listener)
{
    // A layer at a time leaves the line idle between requests; more than this only splits it.
    private const int Parallel = 6;

    private readonly IPublishRegistry _ecr = IPublishRegistry.Of(aws, registryId, isPublic);

    /// <summary>Pushes the image and gives it the tags. A tag that has this very image already is left alone.</summary>
    /// <param name="repository">The repository, by name or URI.</param>
    /// <param name="path">A folder or tar in the OCI image layout.</param>
    /// <param name="layoutTag">Which image of the layout, where it holds several; else null.</param>
    /// <param name="tags">The tags; none takes those of the layout, or <c>latest</c>.</param>
    /// <param name="cancellationToken">Stops the push.</param>
    /// <exception cref="PizzaException"><c>InvalidLayout</c> and <c>ImageTagAlreadyExistsException</c> before anything is sent; <c>RegistryUnreachable</c> and the registry's refusals.</exception>
    public async Task<PublishedImage> PushAsync(ImageReference repository, string path, string? layoutTag, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        OciLayout layout = OciLayout.Open(path, layoutTag);
        PushPlan plan = PushPlan.Of(layout);
        tags = tags.Count > 0 ? tags : layout.Tags.Count > 0 ? layout.Tags : [Defaults.ImageTag];
        PublishFacts facts = await PublishFacts.AskAsync(_ecr, repository, tags, listener.Verbose, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> missing = facts.Missing(tags, new(plan.Root.Digest.Value, null));
        bool isVerified = true;
        if (missing.Count == 0) listener.Verbose?.Invoke($"{facts.Target.RepositoryUri}: {string.Join(", ", tags)} is {plan.Root.Digest} already; nothing was pushed.");
        else
        {
            using RegistryClient registry = Client(facts);
            await PutBlobsAsync(registry, layout, plan, cancellationToken).ConfigureAwait(false);
            await PutManifestsAsync(registry, plan, missing, cancellationToken).ConfigureAwait(false);
            isVerified = await VerifyAsync(registry, plan, missing, cancellationToken).ConfigureAwait(false);
        }
        return new()
        {
            RepositoryName = facts.Target.RepositoryName, RepositoryUri = facts.Target.RepositoryUri, ImageUri = $"{facts.Target.RepositoryUri}:{tags[0]}", ImageTags = [.. tags], ImageDigest = plan.Root.Digest.Value,
            Platform = [.. plan.Platform], ImageSizeInBytes = plan.SizeInBytes, Duration = Stopwatch.GetElapsedTime(started), Region = facts.Target.Region, RegistryId = facts.Target.RegistryId, IsPublic = facts.Target.IsPublic,
            Status = missing.Count == 0 ? PublishStatus.AlreadyPushed : PublishStatus.Pushed, IsVerified = isVerified,
        };
    }

    // The login at hand first, and a new one should that be refused.
    private RegistryClient Client(PublishFacts facts)
    {
        RegistryLogin? first = facts.Login;
        return new(facts.Target.Host, facts.Repository.Repository.Value, token => Interlocked.Exchange(ref first, null) is { } login ? Task.FromResult(login) : _ecr.LoginAsync(token));
    }

    private async Task PutBlobsAsync(RegistryClient registry, OciLayout layout, PushPlan plan, CancellationToken cancellationToken)
    {
        PushMeter meter = new(plan.Blobs.Sum(b => b.Size), listener.Progress);
        int there = 0;
        // Large ones first, so that none is left alone at the end.
        await System.Threading.Tasks.Parallel.ForEachAsync(plan.Blobs.OrderByDescending(b => b.Size), new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (blob, token) =>
        {
            if (await registry.HasBlobAsync(blob.Digest, token).ConfigureAwait(false))
            {
                Interlocked.Increment(ref there);
                meter.Add(blob.Size);
            }
            else await registry.PutBlobAsync(new FileBlob(layout.Find(blob), blob.Digest), meter.Add, mountFrom: null, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        listener.Verbose?.Invoke($"{plan.Blobs.Count - there} of {plan.Blobs.Count} blobs were uploaded; the registry had the others.");
    }

    private static async Task PutManifestsAsync(RegistryClient registry, PushPlan plan, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        foreach (PushPlan.Document child in plan.Manifests.SkipLast(1))
            await registry.PutManifestAsync(child.Digest.Value, child.Content, child.Manifest.MediaType, cancellationToken).ConfigureAwait(false);
        foreach (string tag in tags)
            await registry.PutManifestAsync(tag, plan.Root.Content, plan.Root.Manifest.MediaType, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> VerifyAsync(RegistryClient registry, PushPlan plan, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        try
        {
            foreach (string tag in tags)
                if (await registry.FindManifestAsync(tag, cancellationToken).ConfigureAwait(false) is var there && there != plan.Root.Digest)
                    throw new PizzaException("DigestMismatch", PizzaErrorKind.InvalidData,
                        $"The tag '{tag}' was pushed as {plan.Root.Digest}, but leads to {there?.Value ?? "nothing"} now. Somebody else may have pushed at the same moment; look with Get-PizzaImage and push again.", tag);
            return true;
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            listener.Warning?.Invoke("The image was pushed, but not verified: reading it back needs ecr:BatchGetImage.");
            return false;
        }
    }
}
