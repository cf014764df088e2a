using System.Net;
using System.Net.Http.Headers;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>In which pieces blobs go up to a kind of registry.</summary>
/// <param name="PartSize">The bytes of a part; null for each blob in one piece.</param>
/// <param name="Parallel">How many blobs at a time.</param>
internal sealed record UploadPolicy(int? PartSize, int Parallel)
{
    // ECR accepts parts of 5 to 10 MiB (the last may be smaller) and closes connections that send more, or many at a time; the pushers of
    // AWS and of .NET do so:
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html,
    // https://github.com/dotnet/sdk-container-builds/issues/293
    private static readonly UploadPolicy s_ecr = new(8 << 20, 4), s_whole = new(null, 6);

    /// <summary>That of a registry's kind; one on this machine loses no connections.</summary>
    public static UploadPolicy Of(string host, bool isEcr) => isEcr && !RegistryHttp.IsThisMachine(host) ? s_ecr : s_whole;
}

/// <summary>One blob on its way up: mounted, or in one piece, each try from its beginning, or in parts, each with its own tries.</summary>
internal sealed class BlobUpload(OciRepository to, BlobSource source, Action<long> sent, string? mountFrom)
{
    private static readonly MediaTypeHeaderValue s_bytes = new("application/octet-stream");
    private TimeSpan _thought;
    private bool _isUnsure;

    /// <summary>Sends it.</summary>
    /// <returns>Whether it was mounted, and nothing was sent.</returns>
    public Task<bool> RunAsync(CancellationToken cancellationToken) => to.TryAsync(async attempt =>
    {
        long count = 0;
        try
        {
            // What was sent whole and not answered for may be stored all the same.
            if (_isUnsure && await to.HasBlobAsync(source.Blob.Digest, cancellationToken).ConfigureAwait(false))
            {
                sent(source.Blob.Size);
                return false;
            }
            if (await OpenAsync(attempt.Token).ConfigureAwait(false) is not { } place) return true;
            if (to.Upload.PartSize is { } part && source.Blob.Size > part)
                await PartsAsync(place, part, Sent, attempt, cancellationToken).ConfigureAwait(false);
            else await WholeAsync(place, Sent, () => Sent(-count), attempt).ConfigureAwait(false);
            return false;
        }
        catch
        {
            sent(-count);
            throw;
        }

        void Sent(long n)
        {
            count += n;
            sent(n);
        }
    }, cancellationToken, mayGoOn: () => _thought < to.Retry.Storing);

    private async Task WholeAsync(Uri place, Action<long> sent, Action starts, CancellationTokenSource attempt)
    {
        long left = source.Blob.Size, waiting = 0;
        try
        {
            await to.KeepRateAsync("CompleteLayerUpload", attempt.Token).ConfigureAwait(false);
            using HttpResponseMessage stored = await to.SendAsync(() => new(HttpMethod.Put, WithDigest(place))
            {
                Content = new BlobContent(source, Begin, Report) { Headers = { ContentType = s_bytes } },
            }, attempt.Token).ConfigureAwait(false);
            to.Succeeded(stored);
        }
        catch (Exception e) when (waiting > 0 && e is not PizzaException)
        {
            Unanswered(e, waiting, attempt);
            throw;
        }

        void Begin()
        {
            left = source.Blob.Size;
            starts();
        }

        // After the last byte of a large blob a registry may think for a while.
        void Report(long n)
        {
            left -= n;
            if (left <= 0) waiting = TimeProvider.System.GetTimestamp();
            attempt.CancelAfter(left > 0 ? to.Retry.Silence : Left());
            sent(n);
        }
    }

    private async Task PartsAsync(
        Uri place, int partSize, Action<long> sent, CancellationTokenSource attempt, CancellationToken cancellationToken)
    {
        BlobReader reader = new(source);
        await using (reader.ConfigureAwait(false))
        {
            byte[] part = new byte[partSize];
            while (!reader.IsAtEnd)
            {
                long from = reader.At;
                int length = await reader.ReadAsync(part, cancellationToken).ConfigureAwait(false);
                attempt.CancelAfter(Timeout.InfiniteTimeSpan);   // each part has its own time
                place = await PartAsync(place, new(part, 0, length), from, cancellationToken).ConfigureAwait(false);
                sent(length);
            }
        }
        await to.KeepRateAsync("CompleteLayerUpload", cancellationToken).ConfigureAwait(false);
        long waiting = TimeProvider.System.GetTimestamp();
        attempt.CancelAfter(Left());
        try
        {
            using HttpResponseMessage stored =
                await to.SendAsync(() => new(HttpMethod.Put, WithDigest(place)) { Content = new ByteArrayContent([]) }, attempt.Token)
                    .ConfigureAwait(false);
            to.Succeeded(stored);
        }
        catch (Exception e) when (e is not PizzaException)
        {
            Unanswered(e, waiting, attempt);
            throw;
        }
    }

    // What a registry thinks after the last byte counts against one bound; a wait that was cut short has used it up.
    private void Unanswered(Exception e, long since, CancellationTokenSource attempt)
    {
        _thought = attempt.IsCancellationRequested ? to.Retry.Storing : _thought + TimeProvider.System.GetElapsedTime(since);
        _isUnsure |= e is not TransientFailure;   // which is an answer
    }

    // A part that was sent twice is answered with 416 and how far the upload is: it has arrived.
    private Task<Uri> PartAsync(Uri place, ArraySegment<byte> part, long from, CancellationToken cancellationToken) =>
        to.TryAsync(async attempt =>
    {
        string end = $"-{from + part.Count - 1}";
        using HttpResponseMessage reply =
            await to.SendAsync(() => Patch(place, part, from + end), attempt.Token, HttpStatusCode.RequestedRangeNotSatisfiable)
                .ConfigureAwait(false);
        if (reply.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return reply.Headers.TryGetValues("Range", out IEnumerable<string>? ranges)
                && ranges.FirstOrDefault()?.EndsWith(end, StringComparison.Ordinal) == true
                ? Next(reply, place)
                : throw to.UnexpectedResponse(
                    $"it has another part of the upload than was sent to it ({ranges?.FirstOrDefault() ?? "none"})");
        return to.Succeeded(reply) ? Next(reply, place) : place;
    }, cancellationToken);

    // Where to upload; null when the blob was mounted. A registry that does not mount opens an upload instead.
    private async Task<Uri?> OpenAsync(CancellationToken cancellationToken)
    {
        string mount =
            mountFrom is null ? "" : $"?mount={Uri.EscapeDataString(source.Blob.Digest.Value)}&from={Uri.EscapeDataString(mountFrom)}";
        await to.KeepRateAsync("InitiateLayerUpload", cancellationToken).ConfigureAwait(false);
        using HttpResponseMessage reply =
            await to.SendAsync(() => new(HttpMethod.Post, to.At("blobs/uploads/" + mount)) { Content = new ByteArrayContent([]) },
                cancellationToken).ConfigureAwait(false);
        if (mountFrom is not null && reply.StatusCode == HttpStatusCode.Created) return null;
        return to.Succeeded(reply) && reply.Headers.Location is { } location
            ? RegistryHttp.Next(to.At(""), location) : throw to.UnexpectedResponse("it opened an upload without a Location");
    }

    private TimeSpan Left() => to.Retry.Storing - _thought is var left && left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);

    private static Uri Next(HttpResponseMessage reply, Uri place) =>
        reply.Headers.Location is { } location ? RegistryHttp.Next(place, location) : place;

    private static HttpRequestMessage Patch(Uri place, ArraySegment<byte> part, string range)
    {
        ByteArrayContent content = new(part.Array!, part.Offset, part.Count) { Headers = { ContentType = s_bytes } };
        // OCI's form has no unit: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks
        content.Headers.TryAddWithoutValidation("Content-Range", range);
        return new(HttpMethod.Patch, place) { Content = content };
    }

    private Uri WithDigest(Uri place) =>
        new($"{place.AbsoluteUri}{(place.Query.Length > 0 ? '&' : '?')}digest={Uri.EscapeDataString(source.Blob.Digest.Value)}");
}
