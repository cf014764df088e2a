using System.Globalization;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>Blobs coming in: whole in one request, in chunks, or taken over from another repository.</summary>
internal static partial class Uploads
{
    public static async Task StartAsync(RegistryRequest request)
    {
        var query = request.Exchange.Query;
        if (query.TryGetValue("mount", out string? mount) && query.TryGetValue("from", out string? from)
            && Mount(request, RegistryRequest.DigestOf(mount), RegistryRequest.NameIn(request.Registry, from)))
        {
            await request.RespondCreatedAsync("blobs", mount, RegistryRequest.DigestOf(mount)).ConfigureAwait(false);
            return;
        }
        request.Registry.Run(() => CreationTemplate.CreateForPush(request.Registry, request.Name));
        Upload upload = request.With(r => r.Layers.Begin());
        if (query.TryGetValue("digest", out string? digest)) await FinishAsync(request, upload, digest).ConfigureAwait(false);
        else await RespondAsync(request, upload, 202).ConfigureAwait(false);
    }

    public static async Task AppendAsync(RegistryRequest request)
    {
        Upload upload = Find(request);
        await TakeAsync(request, upload).ConfigureAwait(false);
        await RespondAsync(request, upload, 202).ConfigureAwait(false);
    }

    public static Task FinishAsync(RegistryRequest request) =>
        FinishAsync(request, Find(request), request.Exchange.Query.GetValueOrDefault("digest"));

    public static Task TellAsync(RegistryRequest request) => RespondAsync(request, Find(request), 204);

    public static Task CancelAsync(RegistryRequest request)
    {
        Upload upload = Find(request);
        request.With(r => { r.Layers.Abandon(upload); return true; });
        return request.RespondAsync(204);
    }

    private static bool Mount(RegistryRequest request, Digest digest, string from) =>
        request.May(RegistryOperation.NeedsOfMount(request, from)) && request.With(target =>
        request.Registry.Settings.BlobMounting && request.Registry.Repositories.TryGetValue(from, out StoredRepository? source)
        && source.Settings.EncryptionType == target.Settings.EncryptionType && source.Settings.KmsKey == target.Settings.KmsKey
        && source.Layers.SizeOf(digest) is not null && target.Adopt(digest));

    private static async Task FinishAsync(RegistryRequest request, Upload upload, string? said)
    {
        CheckOrder(request, upload);   // what comes out of turn is refused, and what is here already stays
        bool done = false;
        try
        {
            Digest digest = RegistryRequest.DigestOf(said);
            await TakeAsync(request, upload).ConfigureAwait(false);
            if (upload.HasSmallPart) throw new RegistryError(400, "BLOB_UPLOAD_INVALID", LayerOperations.PartTooSmall);
            if (upload.Digest is var real && real != digest)
                throw new RegistryError(400, "DIGEST_INVALID",
                    $"provided digest {digest} did not match the uploaded content, whose digest is {real}");
            upload.Seal();
            done = request.With(r => r.Take(upload, digest));
            if (!done) throw Unknown(request);
            await request.RespondCreatedAsync("blobs", digest.Value, digest).ConfigureAwait(false);
        }
        finally
        {
            if (!done) Abandon(request, upload);
        }
    }

    /// <summary>Nothing half done stays: neither after a wrong digest nor when the client goes away in the middle.</summary>
    private static void Abandon(RegistryRequest request, Upload upload)
    {
        request.Registry.Run(() => request.Registry.Repositories.GetValueOrDefault(request.Name)?.Layers.Abandon(upload));
    }

    private static async Task TakeAsync(RegistryRequest request, Upload upload)
    {
        CheckOrder(request, upload);
        if (!await upload.AppendAsync(request.Exchange.Body, LayerOperations.SmallestPart, request.Stop).ConfigureAwait(false))
            throw new RegistryError(409, "BLOB_UPLOAD_INVALID", "another part of this upload is being received");
    }

    private static void CheckOrder(RegistryRequest request, Upload upload)
    {
        if (request.Exchange.Header("Content-Range") is not { } range
            || (Start().Match(range) is { Success: true } start && start.Value == upload.Length.ToString(CultureInfo.InvariantCulture)))
            return;
        Describe(request, upload);
        throw new RegistryError(416, "BLOB_UPLOAD_INVALID",
            $"the chunk '{range}' does not continue the upload, of which {upload.Length} bytes are here");
    }

    private static Upload Find(RegistryRequest request) =>
        Guid.TryParseExact(request.Id, "D", out Guid id) && request.With(r => r.Layers.Find(id)) is { } upload
            ? upload : throw Unknown(request);

    private static RegistryError Unknown(RegistryRequest request) =>
        new(404, "BLOB_UPLOAD_UNKNOWN", $"the upload '{request.Id}' is not known to the registry");

    private static Task RespondAsync(RegistryRequest request, Upload upload, int status)
    {
        Describe(request, upload);
        return request.RespondAsync(status);
    }

    private static void Describe(RegistryRequest request, Upload upload)
    {
        request.Exchange.SetHeader("Location", $"/v2/{request.Place}/blobs/uploads/{upload.Id}");
        request.Exchange.SetHeader("OCI-Chunk-Min-Length", LayerOperations.SmallestPart.ToString(CultureInfo.InvariantCulture));
        request.Exchange.SetHeader("Docker-Upload-UUID", upload.Id.ToString());
        request.Exchange.SetHeader("Range", string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, upload.Length - 1)}"));
    }

    [GeneratedRegex(@"\A\d+(?=-\d+\z)", RegexOptions.CultureInvariant)]
    private static partial Regex Start();
}
