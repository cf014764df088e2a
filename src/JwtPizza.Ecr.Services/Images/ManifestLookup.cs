using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>
/// Adds to images what only their manifests tell: children and platforms. A hundred manifests are one call, and a few calls run at a
/// time; images that need none pass by. Where the caller lacks a right, images come out as they are.
/// </summary>
internal sealed class ManifestLookup(ImageRepository images, IProgress<string> verbose)
{
    private const int Batch = 100, Batches = 4, Downloads = 8, Patience = 250;

    private readonly Queue<Task<IReadOnlyList<EcrImage>>> _running = [];
    private readonly ConcurrentQueue<string> _notes = [];
    private readonly List<EcrImage> _waiting = [];
    private int _passed;
    private volatile bool _mayRead = true, _mayDownload = true;

    /// <summary>One image alone.</summary>
    public async Task<EcrImage> LookAsync(EcrImage image, CancellationToken cancellationToken)
    {
        Start([image], cancellationToken);
        return (await NextAsync().ConfigureAwait(false))[0];
    }

    /// <summary>Takes an image; gives those that are ready.</summary>
    public async IAsyncEnumerable<EcrImage> AddAsync(
        EcrImage image, bool wantsManifest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (wantsManifest && _mayRead) _waiting.Add(image);
        else yield return image;
        if (_waiting.Count > 0 && (_waiting.Count == Batch || ++_passed == Patience)) StartWaiting(cancellationToken);
        while (_running.Count > Batches || (_running.TryPeek(out Task<IReadOnlyList<EcrImage>>? next) && next.IsCompleted))
            foreach (EcrImage done in await NextAsync().ConfigureAwait(false)) yield return done;
    }

    /// <summary>The rest.</summary>
    public async IAsyncEnumerable<EcrImage> EndAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_waiting.Count > 0) StartWaiting(cancellationToken);
        while (_running.Count > 0)
            foreach (EcrImage done in await NextAsync().ConfigureAwait(false)) yield return done;
    }

    private void Start(IReadOnlyList<EcrImage> images, CancellationToken cancellationToken) =>
        _running.Enqueue(LookAsync(images, cancellationToken));

    private void StartWaiting(CancellationToken cancellationToken)
    {
        Start([.. _waiting], cancellationToken);
        _waiting.Clear();
        _passed = 0;
    }

    private async Task<IReadOnlyList<EcrImage>> NextAsync()
    {
        IReadOnlyList<EcrImage> done = await _running.Dequeue().ConfigureAwait(false);
        while (_notes.TryDequeue(out string? note)) verbose.Report(note);
        return done;
    }

    private async Task<IReadOnlyList<EcrImage>> LookAsync(IReadOnlyList<EcrImage> some, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, OciManifest> manifests = await ManifestsAsync(some, cancellationToken).ConfigureAwait(false);
        ConcurrentDictionary<string, string> platforms =
            new(manifests.Values.SelectMany(m => m.Manifests).Where(m => m.Platform is not null)
            .DistinctBy(m => m.Digest).Select(m => KeyValuePair.Create(m.Digest.Value, m.Platform!)));
        IEnumerable<(string, OciDescriptor)> unknown =
            manifests.Where(m => MediaTypes.IsImageConfig(m.Value.Config?.MediaType) && !platforms.ContainsKey(m.Key))
                .Select(m => (m.Key, m.Value.Config!));
        await Parallel.ForEachAsync(unknown,
            new ParallelOptions { MaxDegreeOfParallelism = Downloads, CancellationToken = cancellationToken }, async (image, token) =>
        {
            if (await PlatformAsync(image.Item2, token).ConfigureAwait(false) is { } platform) platforms[image.Item1] = platform;
        }).ConfigureAwait(false);
        return [.. some.Select(With)];

        EcrImage With(EcrImage image) => manifests.GetValueOrDefault(image.ImageDigest) is { IsIndex: true } index
            ? image with { Children = [.. index.Manifests.Select(m => m.Digest.Value)], Platform = [.. index.Platforms] }
            : image with { Platform = platforms.TryGetValue(image.ImageDigest, out string? platform) ? [platform] : [] };
    }

    private async Task<IReadOnlyDictionary<string, OciManifest>> ManifestsAsync(
        IReadOnlyList<EcrImage> some, CancellationToken cancellationToken)
    {
        Dictionary<string, OciManifest> manifests = [];
        if (!_mayRead) return manifests;
        try
        {
            foreach (StoredManifest found in (await images.FindAsync([.. some.Select(i => i.ImageDigest)], cancellationToken)
                .ConfigureAwait(false)).Values)
                if (Parse(found) is { } manifest) manifests[found.Digest.Value] = manifest;
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            if (_mayRead)
                _notes.Enqueue(
                    $"'{images.Name}' is listed without platforms, and the children of indexes as images of their own: {e.Message}");
            _mayRead = false;
        }
        return manifests;
    }

    private OciManifest? Parse(StoredManifest found)
    {
        try { return found.Manifest; }
        catch (PizzaException e)
        {
            _notes.Enqueue($"{found.Digest} of '{images.Name}': {e.Message}");
            return null;
        }
    }

    private async Task<string?> PlatformAsync(OciDescriptor config, CancellationToken cancellationToken)
    {
        if (!_mayDownload) return null;
        try { return await images.PlatformAsync(config, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind != PizzaErrorKind.Authentication)
        {
            if (_mayDownload) _notes.Enqueue($"'{images.Name}' is listed without all platforms: {e.Message}");
            _mayDownload = false;   // a missing right, or storage that cannot be reached: the next hundred would fail alike
            return null;
        }
    }
}
