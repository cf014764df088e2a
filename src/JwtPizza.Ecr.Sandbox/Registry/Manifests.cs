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
        StoredImage image = request.With(r =>
        {
            StoredImage? found = Digest.TryParse(request.Id, out Digest digest) ? r.Images.Find(digest) : r.Images.Find(request.Id);
            if (found?.StatusAt(now) != "ACTIVE") return null;   // archived: ECR answers 404
            if (found is not null && request.Exchange.Method == "GET") found.PulledAt = now;
            return found;
        }) ?? throw new RegistryError(404, "MANIFEST_UNKNOWN", "Requested image not found");
        if (request.Exchange.Method == "GET") request.Keep();
        request.Exchange.SetHeader("Docker-Content-Digest", image.Digest.Value);
        await request.Exchange.RespondAsync(200, image.Manifest.MediaType, image.Content, request.Stop).ConfigureAwait(false);
    }

    public static async Task PutAsync(RegistryRequest request)
    {
        byte[] content = await request.Exchange.ReadAsync(Limit, request.Stop).ConfigureAwait(false)
            ?? throw new RegistryError(413, "SIZE_INVALID", $"a manifest has at most {Limit} bytes");
        Digest digest = Digest.Of(content);
        bool byDigest = Digest.TryParse(request.Id, out Digest said);
        if (byDigest && said != digest) throw new RegistryError(400, "DIGEST_INVALID", $"provided digest {said} did not match the uploaded content, whose digest is {digest}");
        if (!byDigest && !ImageTag.IsLegal(request.Id)) throw new RegistryError(400, "TAG_INVALID", $"'{request.Id}' is neither a tag nor a sha256 digest");
        (StoredImage image, _) = request.With(r => r.Images.Receive(content, MediaTypeOf(request), byDigest ? null : request.Id, digest));
        request.Registry.World.Replicate(request.Registry);
        request.Keep();
        if (image.Manifest.Subject is { } subject) request.Exchange.SetHeader("OCI-Subject", subject.Digest.Value);
        await request.RespondCreatedAsync("manifests", digest.Value, digest).ConfigureAwait(false);
    }

    private static string MediaTypeOf(RegistryRequest request)
    {
        string? type = request.Exchange.Header("Content-Type")?.Split(';')[0].Trim();
        return type is not null && MediaTypes.Manifests.Contains(type)
            ? type
            : throw new RegistryError(400, "MANIFEST_INVALID", $"the media type '{type}' is not that of a manifest; taken are {string.Join(", ", MediaTypes.Manifests)}");
    }
}
