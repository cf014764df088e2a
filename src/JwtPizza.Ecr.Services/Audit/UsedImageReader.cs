using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Services.Audit;

/// <summary>Reads the images of a repository that ECS uses: their tags, whether the lifecycle takes them, and what scans have
/// found.</summary>
/// <param name="aws">The account and region.</param>
/// <param name="repository">The repository.</param>
/// <param name="use">What ECS uses.</param>
/// <param name="withFindings">Whether findings are wanted.</param>
/// <param name="now">The time of the lifecycle's run.</param>
internal sealed class UsedImageReader(AwsSession aws, Repository repository, ImagesInUse use, bool withFindings, DateTimeOffset now)
{
    /// <summary>How many other images are asked whether they have no critical findings.</summary>
    private const int Candidates = 5;

    /// <summary>The facts with the images.</summary>
    /// <param name="facts">Those that are known.</param>
    /// <param name="notRead">Told what could not be read of a single image.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<RepositoryFacts> AddAsync(
        RepositoryFacts facts, Action<PizzaException> notRead, CancellationToken cancellationToken)
    {
        List<LifecycleImage> images = await new LifecycleImages(aws.Ecr, _ => { })
            .ListWithChildrenAsync(repository.RepositoryName, cancellationToken).ConfigureAwait(false);
        ILookup<string, LifecycleImage> parents =
            images.SelectMany(i => i.Children, (i, child) => (i, child)).ToLookup(p => p.child, p => p.i);
        List<UsedImage> used = [];
        foreach (LifecycleImage image in images)
        {
            if (use.Find(repository, image.ImageDigest, image.ImageTags) is not { } user) continue;
            UsedImage found =
                new(image.ImageDigest, [.. image.ImageTags, .. parents[image.ImageDigest].SelectMany(p => p.ImageTags)], user);
            used.Add(withFindings && image.Children.Count == 0
                ? await ScannedAsync(found, images, notRead, cancellationToken).ConfigureAwait(false) : found);
        }
        return facts with { Used = used, Expiring = Expiring(facts.Lifecycle, images) };
    }

    private IReadOnlyList<LifecycleForecast> Expiring(RepositoryLifecycle? lifecycle, List<LifecycleImage> images) =>
        lifecycle?.PolicyText is { } policy
            ? LifecycleForecaster.Of(repository.RepositoryName, images, LifecyclePolicy.Parse(policy), now) : [];

    private async Task<UsedImage> ScannedAsync(
        UsedImage image, List<LifecycleImage> images, Action<PizzaException> notRead, CancellationToken cancellationToken)
    {
        try
        {
            int? criticals = await CriticalsAsync(image.ImageDigest, cancellationToken).ConfigureAwait(false);
            if (criticals is null or 0) return image with { IsScanned = criticals is not null };
            string? better = await BetterAsync(image, images, cancellationToken).ConfigureAwait(false);
            return image with { IsScanned = true, Criticals = criticals.Value, Better = better };
        }
        catch (PizzaException e) when (e.Kind is not (PizzaErrorKind.Authentication or PizzaErrorKind.Configuration))
        {
            notRead(e);
            return image;
        }
    }

    /// <summary>A tag of the newest image that was scanned and has no critical findings.</summary>
    private async Task<string?> BetterAsync(UsedImage image, List<LifecycleImage> images, CancellationToken cancellationToken)
    {
        IEnumerable<LifecycleImage> others = images
            .Where(i => i.ImageTags.Count > 0 && i.Children.Count == 0 && i.ImageDigest != image.ImageDigest && i.ArchivedAt is null)
            .OrderByDescending(i => i.ImagePushedAt).Take(Candidates);
        foreach (LifecycleImage other in others)
        {
            try
            {
                if (await CriticalsAsync(other.ImageDigest, cancellationToken).ConfigureAwait(false) == 0) return other.ImageTags[0];
            }
            catch (PizzaException e) when (e.ErrorId is "ImageNotScannable" or "ScanFailed" or "ScanInProgress") { }
        }
        return null;
    }

    /// <summary>How many critical findings an image has; null when it was not scanned.</summary>
    private async Task<int?> CriticalsAsync(string digest, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ScanFinding> findings = await new ScanService(aws.Ecr, aws.Region, _ => { })
                .FindAsync(new(repository.RepositoryName, new() { ImageDigest = digest }), new Progress<string>(), cancellationToken)
                .ConfigureAwait(false);
            return findings.Count(f => f.Severity == FindingSeverity.Critical);
        }
        catch (PizzaException e) when (e.ErrorId == "ScanNotFoundException") { return null; }
    }
}
