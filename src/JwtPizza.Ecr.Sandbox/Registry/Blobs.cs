using System.Globalization;
using System.Net.Http.Headers;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>Blobs going out: whole, or a range.</summary>
internal static class Blobs
{
    private const string MediaType = "application/octet-stream";

    public static async Task GetAsync(RegistryRequest request)
    {
        Digest digest = RegistryRequest.DigestOf(request.Id);
        FileStream blob = request.With(r => Size(r, request.Exchange.Method, digest) is null ? null : r.Layers.Open(digest))
            ?? throw new RegistryError(404, "BLOB_UNKNOWN", $"blob {digest} is not known to the repository");
        await using (blob.ConfigureAwait(false)) await SendAsync(request.Exchange, digest, blob, request.Stop).ConfigureAwait(false);
    }

    /// <summary>Who asks by HEAD whether a layer is here means to leave out its upload.</summary>
    private static long? Size(StoredRepository repository, string method, Digest digest) =>
        method == "HEAD" ? repository.Layers.Promise(digest) : repository.Layers.SizeOf(digest);

    /// <summary>Sends a blob to a client that needs no more permission.</summary>
    public static async Task SendAsync(Exchange exchange, Digest digest, FileStream blob, CancellationToken cancellationToken)
    {
        exchange.SetHeader("Docker-Content-Digest", digest.Value);
        exchange.SetHeader("Accept-Ranges", "bytes");
        long size = blob.Length;
        if (RangeOf(exchange, size) is not var (first, length))
        {
            await exchange.RespondAsync(200, MediaType, blob, size, cancellationToken).ConfigureAwait(false);
            return;
        }
        exchange.SetHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{first + length - 1}/{size}"));
        blob.Position = first;
        await exchange.RespondAsync(206, MediaType, blob, length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The part asked for; null means all: no range, or one that HTTP lets us ignore (several, or nonsense).</summary>
    private static (long First, long Length)? RangeOf(Exchange exchange, long size)
    {
        if (!RangeHeaderValue.TryParse(exchange.Header("Range"), out RangeHeaderValue? header)
            || header is not { Unit: "bytes", Ranges.Count: 1 })
            return null;
        RangeItemHeaderValue range = header.Ranges.Single();
        long first = range.From ?? Math.Max(0, size - range.To!.Value);
        long last = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        if (first <= last) return (first, last - first + 1);
        exchange.SetHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{size}"));
        throw new RegistryError(416, "SIZE_INVALID", $"the range '{header}' lies outside the blob of {size} bytes");
    }
}
