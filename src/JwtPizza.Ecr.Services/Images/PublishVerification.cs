using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Reads back from ECR what was pushed: each tag's digest, the platforms, the size. What the caller may not read is said, not
/// guessed.</summary>
internal sealed class PublishVerification(ImageRepository ecr, ImageBuilder builder, BuildListener listener)
{
    /// <exception cref="PizzaException"><c>DigestMismatch</c>, <c>PlatformMismatch</c>.</exception>
    public async Task<PublishedImage> VerifyAsync(IReadOnlyList<Platform> platforms, PublishFacts facts, string[] tags, string digest,
        PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        PublishedImage image = new()
        {
            RepositoryName = facts.Target.RepositoryName, RepositoryUri = facts.Target.RepositoryUri,
            ImageUri = $"{facts.Target.RepositoryUri}:{tags[0]}", ImageTags = tags, ImageDigest = digest,
            Platform = [.. platforms.Select(p => p.ToString())], Region = facts.Target.Region!, RegistryId = facts.Target.RegistryId!,
            IsPublic = facts.Target.IsPublic,
        };
        IReadOnlyDictionary<string, StoredManifest>? found =
            await PublishFacts.IfAllowedAsync(() => ecr.FindAsync(tags, cancellationToken), listener.Verbose).ConfigureAwait(false);
        if (found is null)
        {
            listener.Warning?.Invoke($"{image.ImageUri} was pushed, but not verified: reading it back needs ecr:BatchGetImage.");
            return image;
        }
        OciManifest manifest = CheckDigest(image, found).Manifest;
        IReadOnlyList<string>? there = await PlatformsAsync(image, manifest, config, cancellationToken).ConfigureAwait(false);
        if (there is not null) CheckPlatform(image, platforms, there);
        return image with
        {
            Platform = [.. there ?? image.Platform], IsVerified = there is not null,
            ImageSizeInBytes = await SizeAsync(manifest, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Looks for a program in the image of each platform.</summary>
    /// <exception cref="PizzaException"><c>PlatformMismatch</c>: a program is for another processor than the image says.</exception>
    public async Task VerifyBinariesAsync(PublishedImage image, CancellationToken cancellationToken)
    {
        try
        {
            StoredManifest root = (await ecr.FindAsync([image.ImageDigest], cancellationToken).ConfigureAwait(false))[image.ImageDigest];
            (string? Platform, string Digest)[] all = root.Manifest.IsIndex
                ? [.. root.Manifest.Manifests.Where(m => !m.IsAttestation).Select(m => (m.Platform, m.Digest.Value))]
                : [(image.Platform.FirstOrDefault(), image.ImageDigest)];
            IReadOnlyDictionary<string, StoredManifest> manifests =
                await ecr.FindAsync([.. all.Select(a => a.Digest)], cancellationToken).ConfigureAwait(false);
            foreach ((string? platform, string digest) in all)
                CheckProgram(image, platform,
                    await new ImagePrograms(ecr).FindAsync(manifests[digest].Manifest, cancellationToken).ConfigureAwait(false));
        }
        catch (PizzaException e)
            when (e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.Unavailable)
            {
                listener.Warning?.Invoke($"The programs in the image were not checked: {e.Message}");
            }
    }

    private void CheckProgram(PublishedImage image, string? platform, ImageProgram? program)
    {
        if (program is null || platform is null)
            listener.Verbose
                ?.Invoke(
                    $"No program was found in the image{(platform is null ? "" : $" for {platform}")}, in layers of up to 100 MB; " +
                    "nothing was checked.");
        else if (Platform.Parse(platform).Architecture == program.Architecture)
            listener.Verbose?.Invoke($"{program.Path} in the image is for {program.Architecture}, as {platform} needs.");
        else throw Mismatch(image,
            $"{image.ImageUri} says that it is for {platform}, but '{program.Path}' in it is a program for {program.Architecture}, " +
            "which does not run there ('exec format error'). " +
            "It was pushed. Look for '--platform' in the Dockerfile's FROM, and for programs that a COPY brings, and publish again.");
    }

    private static StoredManifest CheckDigest(PublishedImage image, IReadOnlyDictionary<string, StoredManifest> now)
    {
        foreach (string tag in image.ImageTags)
        {
            string? digest = now.GetValueOrDefault(tag)?.Digest.Value;
            if (digest != image.ImageDigest)
            {
                throw ErrorCatalog.DigestMismatch(
                    $"docker pushed {image.ImageDigest} to {image.RepositoryUri}:{tag}, but ECR " +
                    $"{(digest is null ? "has no such tag" : $"holds {digest} there")}. " +
                    "Someone else may have pushed at the same moment; check with Get-PizzaImage and publish again.", image.ImageUri);
            }
        }
        return now[image.ImageTags[0]];
    }

    private static void CheckPlatform(PublishedImage image, IReadOnlyList<Platform> asked, IReadOnlyList<string> found)
    {
        if (asked.All(a => found.Any(f => f == a.ToString() || IsMatch(a, f)))) return;
        throw Mismatch(image,
            $"{image.ImageUri} was built for {string.Join(", ", asked)}, but says that it is for {string.Join(", ", found)}. " +
            "It was pushed, but is not what was requested. Check the builder ('docker buildx inspect') and the base image, and publish " +
            "again.");
    }

    private static PizzaException Mismatch(PublishedImage image, string message) =>
        new("PlatformMismatch", PizzaErrorKind.InvalidData, message, image.ImageUri);

    private static bool IsMatch(Platform asked, string found)
    {
        try { return asked.Matches(Platform.Parse(found)); }
        catch (PizzaException) { return false; }   // something that no machine runs
    }

    private async Task<IReadOnlyList<string>?> PlatformsAsync(
        PublishedImage image, OciManifest manifest, PrivateDockerConfig config, CancellationToken cancellationToken)
    {
        if (manifest.IsIndex) return manifest.Platforms;
        string? platform = await ConfiguredAsync(manifest.Config!, cancellationToken).ConfigureAwait(false)
            ?? await builder.PlatformAsync(image.ImageUri, config, cancellationToken).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(platform)) return [platform];
        listener.Verbose
            ?.Invoke("The platform of the image could not be verified: its configuration could not be read, and docker has no copy.");
        return null;
    }

    // The image is pushed: neither a missing right nor storage that cannot be reached makes that a failure.
    private async Task<string?> ConfiguredAsync(OciDescriptor config, CancellationToken cancellationToken)
    {
        try { return await ecr.PlatformAsync(config, cancellationToken).ConfigureAwait(false) ?? ""; }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.Unavailable)
        {
            listener.Verbose?.Invoke($"Not checked: {e.Message}");
            return null;
        }
    }

    private async Task<long?> SizeAsync(OciManifest manifest, CancellationToken cancellationToken)
    {
        if (!manifest.IsIndex) return manifest.SizeInBytes(_ => null);
        IReadOnlyDictionary<string, StoredManifest> children =
            await ecr.FindAsync([.. manifest.Manifests.Select(m => m.Digest.Value)], cancellationToken).ConfigureAwait(false);
        return manifest.SizeInBytes(d => children.GetValueOrDefault(d.Value)?.Manifest.SizeInBytes(_ => null));
    }
}
