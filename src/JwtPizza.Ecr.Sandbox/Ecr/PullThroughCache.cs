using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// Fills repositories from their upstream when somebody pulls. A tag is looked up there once in 24 hours; an upstream that does not answer
/// is no harm to what is here: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
/// </summary>
internal sealed class PullThroughCache(EcrRegistry registry, string repository)
{
    private const int Depth = 4;
    private static readonly TimeSpan s_fresh = TimeSpan.FromHours(24);

    /// <summary>The rule for a repository, the one with the longest prefix; null when there is none.</summary>
    public static PullThroughRule? RuleFor(EcrRegistry registry, string repository) =>
        registry.Settings.PullThrough.Where(r => r.NameUpstream(repository) is not null)
            .MaxBy(r => r.Prefix == PullThroughRule.Root ? 0 : r.Prefix.Length);

    /// <summary>Fetches an image, if a rule says so and it is not here or not looked up lately. Why it could not be fetched; null when it
    /// is here or never was.</summary>
    public async Task<string?> FillAsync(string reference, CancellationToken cancellationToken)
    {
        (PullThroughRule? rule, bool isHere) = registry.Run(() => (RuleFor(registry, repository), IsFresh(reference)), writes: false);
        if (rule is null || isHere) return null;
        Upstream upstream = Upstream.Of(rule, registry.World);
        try
        {
            await FetchAsync(rule, upstream, reference, 0, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is UpstreamException or IOException or PizzaException) { return e.Message; }
    }

    /// <summary>A digest that is here is what it is; a tag may have moved.</summary>
    private bool IsFresh(string reference)
    {
        StoredRepository? found = registry.Repositories.GetValueOrDefault(repository);
        if (Digest.TryParse(reference, out Digest digest)) return found?.Images.Find(digest) is not null;
        return found?.Images.Find(reference) is not null && found.LookedUp.TryGetValue(reference, out DateTimeOffset at)
            && registry.World.Clock.GetUtcNow() - at < s_fresh;
    }

    private async Task FetchAsync(PullThroughRule rule, Upstream upstream, string reference, int depth, CancellationToken cancellationToken)
    {
        string name = rule.NameUpstream(repository)!;
        if (depth > Depth) throw new UpstreamException("an index of the upstream is its own child");
        UpstreamManifest? found = await upstream.ManifestAsync(name, reference, cancellationToken).ConfigureAwait(false);
        if (found is null) return;
        Digest digest = Digest.Of(found.Content);
        if (Digest.TryParse(reference, out Digest wanted) && wanted != digest)
            throw new UpstreamException($"the upstream gives another manifest for {wanted}");
        OciManifest manifest = OciManifest.Parse(found.Content, found.MediaType);
        registry.Run(() =>
        {
            _ = registry.Repositories.GetValueOrDefault(repository)
                ?? CreationTemplate.Create(registry, repository, CreationTemplate.PullThroughCache);
        });
        foreach (OciDescriptor child in manifest.Manifests)
            await FetchAsync(rule, upstream, child.Digest.Value, depth + 1, cancellationToken).ConfigureAwait(false);
        foreach (OciDescriptor blob in manifest.Blobs)
            await FetchBlobAsync(upstream, name, blob.Digest, cancellationToken).ConfigureAwait(false);
        registry.Run(() => Receive(rule, found, digest, wanted == digest ? null : reference));
    }

    private void Receive(PullThroughRule rule, UpstreamManifest found, Digest digest, string? tag)
    {
        StoredRepository target = registry.Find(repository);
        if (tag is not null) target.LookedUp[tag] = registry.World.Clock.GetUtcNow();
        // it stays as it came first
        if (tag is not null && target.Images.Find(tag) is { } holder && holder.Digest != digest && target.Mutability.IsImmutable(tag))
            return;
        if (target.Images.Receive(found.Content, found.MediaType, tag, digest).IsNew) EcrEvents.PulledThrough(target, rule, digest, tag);
    }

    private async Task FetchBlobAsync(Upstream upstream, string name, Digest digest, CancellationToken cancellationToken)
    {
        if (registry.Run(() => registry.Find(repository).Layers.Promise(digest), writes: false) is not null) return;
        Upload upload = registry.Run(() => registry.Find(repository).Layers.Begin());
        try
        {
            Stream blob = await upstream.BlobAsync(name, digest, cancellationToken).ConfigureAwait(false);
            await using (blob.ConfigureAwait(false)) await upload.AppendAsync(blob, 0, cancellationToken).ConfigureAwait(false);
            if (upload.Digest != digest) throw new UpstreamException($"the upstream gives another blob for {digest}");
            upload.Seal();
            registry.Run(() => registry.Find(repository).Take(upload, digest));
        }
        catch
        {
            registry.Run(() => registry.Repositories.GetValueOrDefault(repository)?.Layers.Abandon(upload));
            throw;
        }
    }
}
