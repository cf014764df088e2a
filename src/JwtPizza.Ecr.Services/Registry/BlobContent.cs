using System.Net;
using System.Security.Cryptography;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>Where the bytes of a blob come from.</summary>
internal interface IBlobSource
{
    /// <summary>The blob's name.</summary>
    Digest Digest { get; }

    /// <summary>How many bytes it has.</summary>
    long Length { get; }

    /// <summary>Opens it for reading, from its beginning.</summary>
    Task<IBlobReader> OpenAsync(CancellationToken cancellationToken);

    /// <summary>The error for content that has another digest.</summary>
    PizzaException Damaged();
}

/// <summary>A blob, open for reading.</summary>
internal interface IBlobReader : IAsyncDisposable
{
    /// <summary>Reads at most as much as fits, from a place in the blob; 0 when it has become shorter than it was.</summary>
    ValueTask<int> ReadAsync(Memory<byte> piece, long at, CancellationToken cancellationToken);
}

/// <summary>
/// A blob on its way to a registry, straight from where it lies. It is hashed on the way, and its last bytes are kept back when the
/// hash is not its name, so that no registry ever takes a damaged blob. While one piece is sent, the next is read and hashed.
/// </summary>
/// <param name="source">Where it lies.</param>
/// <param name="starts">Told at each beginning: HttpClient itself sends again what it lost on a connection that had gone stale.</param>
/// <param name="sent">Told of each run of bytes.</param>
internal sealed class BlobContent(IBlobSource source, Action starts, Action<long> sent) : HttpContent
{
    private const int Piece = 1 << 18;

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        starts();
        IBlobReader reader = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false)) await CopyAsync(reader, stream, cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyAsync(IBlobReader reader, Stream stream, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (byte[] mine, byte[] sending) = (new byte[Math.Min(Piece, source.Length)], new byte[Math.Min(Piece, source.Length)]);
        Task write = Task.CompletedTask;
        long at = 0;
        do
        {
            int n = await reader.ReadAsync(mine, at, cancellationToken).ConfigureAwait(false);
            hash.AppendData(mine, 0, n);
            at += n;
            bool isGood = at < source.Length ? n > 0 : Digest.FromHash(hash.GetHashAndReset()) == source.Digest;
            await write.ConfigureAwait(false);
            if (!isGood) throw source.Damaged();
            write = WriteAsync(stream, mine.AsMemory(0, n), cancellationToken);
            (mine, sending) = (sending, mine);
        }
        while (at < source.Length);
        await write.ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        sent(piece.Length);
    }
}
