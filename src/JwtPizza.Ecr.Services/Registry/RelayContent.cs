using System.Net;
using System.Security.Cryptography;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// A blob on its way from one registry to another, without a stop on this machine's disk. It is hashed on the way, and its last bytes are
/// kept back when the hash is not its name. While one piece is sent, the next is read.
/// </summary>
/// <param name="source">Where it comes from.</param>
/// <param name="blob">Its name and length.</param>
/// <param name="starts">Told at each beginning: HttpClient itself sends again what it lost on a connection that had gone stale.</param>
/// <param name="sent">Told of each run of bytes.</param>
internal sealed class RelayContent(LayerSource source, OciDescriptor blob, Action starts, Action<long> sent) : HttpContent
{
    private const int Piece = 1 << 18;

    protected override bool TryComputeLength(out long length)
    {
        length = blob.Size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        starts();
        Stream from = await source.OpenAsync(blob.Digest, cancellationToken).ConfigureAwait(false);
        await using (from.ConfigureAwait(false))
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            (byte[] mine, byte[] sending) = (new byte[Math.Min(Piece, blob.Size)], new byte[Math.Min(Piece, blob.Size)]);
            Task write = Task.CompletedTask;
            long at = 0;
            do
            {
                int n = await ReadAsync(from, mine.AsMemory(0, (int)Math.Min(mine.Length, blob.Size - at)), cancellationToken).ConfigureAwait(false);
                hash.AppendData(mine, 0, n);
                at += n;
                bool isGood = at < blob.Size || Digest.FromHash(hash.GetHashAndReset()) == blob.Digest;
                await write.ConfigureAwait(false);
                if (!isGood) throw source.Damaged(blob.Digest);
                write = WriteAsync(stream, mine.AsMemory(0, n), cancellationToken);
                (mine, sending) = (sending, mine);
            }
            while (at < blob.Size);
            await write.ConfigureAwait(false);
        }
    }

    private async Task<int> ReadAsync(Stream from, Memory<byte> piece, CancellationToken cancellationToken)
    {
        try { await from.ReadExactlyAsync(piece, cancellationToken).ConfigureAwait(false); return piece.Length; }
        catch (Exception e) when (e is IOException or HttpRequestException) { throw source.Broken(blob.Digest, e); }   // not to be taken for trouble of the registry
    }

    private async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        sent(piece.Length);
    }
}
