using System.Diagnostics;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Copies images from repository to repository of ECR, manifests byte for byte, without docker and without this machine's disk.</summary>
/// <param name="source">The session that reads.</param>
/// <param name="sourceRegistryId">The account of the source's registry; null for the caller's own.</param>
/// <param name="destination">The session that writes.</param>
/// <param name="destinationRegistryId">The account of the destination's registry; null for the caller's own.</param>
/// <param name="listener">Who hears of the copy.</param>
public sealed class CopyService(AwsSession source, string? sourceRegistryId, AwsSession destination, string? destinationRegistryId, BuildListener listener)
{
    private const int Parallel = 6, Batch = 100;

    private readonly EcrClient _from = source.Ecr.For(sourceRegistryId), _to = destination.Ecr.For(destinationRegistryId);

    /// <summary>Reads the image, and looks at what the tags lead to now. Changes nothing.</summary>
    /// <param name="repositoryName">The repository that has the image.</param>
    /// <param name="image">Its tag or digest.</param>
    /// <param name="to">The repository to copy to, by name or URI.</param>
    /// <param name="tags">The tags that it is to have there; none for a copy that is known by its digest alone.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>ImageNotFound</c>, <c>RepositoryNotFoundException</c>, <c>ImageTagAlreadyExistsException</c>: an immutable tag is another image's.</exception>
    public async Task<CopyPlan> PlanAsync(string repositoryName, ImageId image, ImageReference to, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        Task<ManifestTree> reading = ManifestTree.ReadAsync(_from, repositoryName, image, cancellationToken);
        Task<PushTarget> finding = PushTarget.FindAsync(destination, to, destinationRegistryId, cancellationToken);
        await Task.WhenAll(reading, finding).ConfigureAwait(false);
        (ManifestTree tree, PushTarget target) = (await reading.ConfigureAwait(false), await finding.ConfigureAwait(false));
        ImageId[] asked = [new() { ImageDigest = tree.Root.Digest }, .. tags.Select(t => new ImageId { ImageTag = t })];
        List<ImageManifest> found = await FindAsync(target.RepositoryName, asked, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, ImageManifest> before = PublishFacts.ByTag(found);
        string[] missing = [.. tags.Where(t => before.GetValueOrDefault(t)?.ImageId.ImageDigest != tree.Root.Digest)];
        if (missing.FirstOrDefault(t => before.ContainsKey(t) && target.Mutability?.IsImmutable(t) == true) is { } taken)
            throw PublishDiagnosis.Taken(target, taken, before[taken].ImageId.ImageDigest!);
        return new(tree, repositoryName, source.Region, target) { Tags = tags, Missing = missing, IsThere = found.Exists(i => i.ImageId.ImageDigest == tree.Root.Digest) };
    }

    /// <summary>Makes the copy.</summary>
    /// <param name="plan">What was looked into.</param>
    /// <param name="cancellationToken">Stops it; what has arrived is kept, and found by the next.</param>
    public async Task<CopiedImage> RunAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp(), sent = 0;
        if (plan.IsChange)
        {
            if (!plan.IsThere) sent = await CopyContentAsync(plan, cancellationToken).ConfigureAwait(false);
            foreach (string? tag in plan.Missing.DefaultIfEmpty<string?>(null)) await PutAsync(plan, plan.Tree.Root, tag, cancellationToken).ConfigureAwait(false);
            await VerifyAsync(plan, cancellationToken).ConfigureAwait(false);
        }
        return new()
        {
            RepositoryName = plan.Target.RepositoryName, RegistryId = plan.Target.RegistryId, Region = plan.Target.Region, RepositoryUri = plan.Target.RepositoryUri,
            ImageTags = [.. plan.Tags], ImageDigest = plan.ImageDigest, Source = $"{plan.SourceName} ({plan.Tree.RegistryId ?? sourceRegistryId}, {plan.SourceRegion})",
            SentInBytes = sent, Duration = Stopwatch.GetElapsedTime(started),
            Status = !plan.IsChange ? CopyStatus.AlreadyThere : plan.IsThere ? CopyStatus.Tagged : CopyStatus.Copied,
        };
    }

    private async Task<long> CopyContentAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<OciDescriptor> blobs = plan.Tree.Blobs;
        PushMeter meter = new(blobs.Sum(b => b.Size), listener.Progress);
        LayerSource layers = new(_from, plan.SourceName);
        long sent = 0, mounted = 0;
        using (RegistryClient registry = new(plan.Target.Host, plan.Target.RepositoryName, _to.GetAuthorizationTokenAsync))
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            // Large ones first, so that none is left alone at the end.
            await System.Threading.Tasks.Parallel.ForEachAsync(blobs.OrderByDescending(b => b.Size), options, async (blob, token) =>
            {
                if (await registry.HasBlobAsync(blob.Digest, token).ConfigureAwait(false)) meter.Add(blob.Size);
                else if (!await registry.PutBlobAsync(new LayerBlob(layers, blob), meter.Add, plan.IsWithinRegistry ? plan.SourceName : null, token).ConfigureAwait(false)) Interlocked.Add(ref sent, blob.Size);
                else
                {
                    Interlocked.Increment(ref mounted);
                    meter.Add(blob.Size);
                }
            }).ConfigureAwait(false);
        }
        listener.Verbose?.Invoke($"{blobs.Count} blobs: {mounted} mounted, {Short.Megabytes(sent)} MB sent.");
        foreach (ManifestTree.Node child in plan.Tree.Nodes.SkipLast(1)) await PutAsync(plan, child, null, cancellationToken).ConfigureAwait(false);
        return sent;
    }

    private async Task PutAsync(CopyPlan plan, ManifestTree.Node manifest, string? tag, CancellationToken cancellationToken)
    {
        try { await _to.PutImageAsync(plan.Target.RepositoryName, manifest.Text, manifest.Manifest.MediaType, manifest.Digest, tag, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "ImageAlreadyExistsException") { }   // so it is, and had to be
    }

    private async Task VerifyAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        ImageId[] ids = [new() { ImageDigest = plan.ImageDigest }, .. plan.Missing.Select(t => new ImageId { ImageTag = t })];
        List<ImageManifest> now = await FindAsync(plan.Target.RepositoryName, ids, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, ImageManifest> byTag = PublishFacts.ByTag(now);
        if (plan.Missing.FirstOrDefault(t => byTag.GetValueOrDefault(t)?.ImageId.ImageDigest != plan.ImageDigest) is { } tag)
            throw Changed($"The tag '{tag}' was given to {plan.ImageDigest}, but leads to {byTag.GetValueOrDefault(tag)?.ImageId.ImageDigest ?? "nothing"} now");
        if (!now.Exists(i => i.ImageId.ImageDigest == plan.ImageDigest)) throw Changed($"{plan.ImageDigest} was copied, but is not there now");

        PizzaException Changed(string what) => new("DigestMismatch", PizzaErrorKind.InvalidData, $"{what}. Somebody else may have changed '{plan.Target.RepositoryName}' at the same moment; look with Get-PizzaImage and copy again.", plan.Target.RepositoryUri);
    }

    private async Task<List<ImageManifest>> FindAsync(string repositoryName, IReadOnlyList<ImageId> ids, CancellationToken cancellationToken)
    {
        List<ImageManifest> found = [];
        foreach (ImageId[] some in ids.Chunk(Batch))
            found.AddRange((await _to.BatchGetImageAsync(repositoryName, some, MediaTypes.Manifests, cancellationToken).ConfigureAwait(false)).Images);
        return found;
    }
}
