using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>Manifests in and out, by tag or digest.</summary>
internal static class Manifests
{
    private const int Limit = 4 * 1024 * 1024;

    public static async Task GetAsync(RegistryRequest request)
    {
        DateTimeOffset now = request.Registry.World.Clock.GetUtcNow();
        string? failure =
            await new PullThroughCache(request.Registry, request.Name).FillAsync(request.Id, request.Stop).ConfigureAwait(false);
        StoredImage image = request.With(r =>
        {
            StoredImage? found = Digest.TryParse(request.Id, out Digest digest) ? r.Images.Find(digest) : r.Images.Find(request.Id);
            if (found?.StatusAt(now) != "ACTIVE") return null;   // archived: ECR answers 404
            if (found is not null && request.Exchange.Method == "GET") r.Pulled(found, request.Caller);
            return found;
        })
            ?? throw new RegistryError(404, "MANIFEST_UNKNOWN",
                failure is null ? "Requested image not found" : $"Requested image not found, and not to be had from upstream: {failure}");
        bool byTag = !Digest.TryParse(request.Id, out _);
        (byte[] content, string type) = ManifestFormats.For(image, Accepted(request), byTag)
            ?? throw new RegistryError(404, "MANIFEST_UNKNOWN",
                $"Requested image has the media type '{image.Manifest.MediaType}', which the client does not accept");
        request.Exchange.SetHeader("Docker-Content-Digest", Digest.Of(content).Value);
        await request.Exchange.RespondAsync(200, type, content, request.Stop).ConfigureAwait(false);
    }

    /// <summary>As BatchDeleteImage does it: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-artifact-delete.html</summary>
    public static Task DeleteAsync(RegistryRequest request)
    {
        ImageId id = Digest.TryParse(request.Id, out _) ? new(request.Id, null) : new(null, request.Id);
        ImageFailure? failure = request.With(r => ImageOperations.Delete(r, id).Failure);
        return failure is null ? request.RespondAsync(202) : throw (failure.Code == "ImageReferencedByManifestList"
            ? new RegistryError(403, "DENIED", failure.Reason)
            : new RegistryError(404, "MANIFEST_UNKNOWN", failure.Reason));
    }

    public static async Task PutAsync(RegistryRequest request)
    {
        byte[] content = await request.Exchange.ReadAsync(Limit, request.Stop).ConfigureAwait(false)
            ?? throw new RegistryError(413, "SIZE_INVALID", $"a manifest has at most {Limit} bytes");
        Digest digest = Digest.Of(content);
        bool byDigest = Digest.TryParse(request.Id, out Digest said);
        if (byDigest && said != digest)
            throw new RegistryError(400, "DIGEST_INVALID",
                $"provided digest {said} did not match the uploaded content, whose digest is {digest}");
        if (!byDigest && !ImageTag.IsLegal(request.Id))
            throw new RegistryError(400, "TAG_INVALID", $"'{request.Id}' is neither a tag nor a sha256 digest");
        request.Registry.Run(() => CreationTemplate.CreateForPush(request.Registry, request.Name));
        (StoredImage image, _) = request.With(r => r.Images.Receive(content, MediaTypeOf(request), byDigest ? null : request.Id, digest));
        request.Registry.World.Replicate(request.Registry);
        if (image.Manifest.Subject is { } subject) request.Exchange.SetHeader("OCI-Subject", subject.Digest.Value);
        await request.RespondCreatedAsync("manifests", digest.Value, digest).ConfigureAwait(false);
    }

    /// <summary>The manifests' media types that the client accepts. One that names none takes them as they are.</summary>
    private static string[] Accepted(RegistryRequest request)
    {
        string[] types = [.. request.Exchange.Items("Accept").Select(t => t.Split(';')[0].Trim())];
        return types.Any(MediaTypes.Manifests.Contains) ? types : [];
    }

    private static string MediaTypeOf(RegistryRequest request)
    {
        string? type = request.Exchange.Header("Content-Type")?.Split(';')[0].Trim();
        return type is not null && MediaTypes.Manifests.Contains(type)
            ? type
            : throw new RegistryError(400, "MANIFEST_INVALID",
                $"the media type '{type}' is not that of a manifest; taken are {string.Join(", ", MediaTypes.Manifests)}");
    }
}
