using System.Net;
using System.Security.Cryptography;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// A blob on its way to a registry, straight from the file that holds it. It is hashed on the way, and its last bytes are kept back when
/// the hash is not its name, so that no registry ever takes a damaged blob. While one piece is sent, the next is read and hashed.
/// </summary>
/// <param name="file">Where it lies.</param>
/// <param name="digest">Its name.</param>
/// <param name="starts">Told at each beginning: HttpClient itself sends again what it lost on a connection that had gone stale.</param>
/// <param name="sent">Told of each run of bytes.</param>
internal sealed class BlobContent(FileSlice file, Digest digest, Action starts, Action<long> sent) : HttpContent
{
    private const int Piece = 1 << 18;

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        starts();
        using FileSlice.Reader reader = file.Open();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (byte[] mine, byte[] sending) = (new byte[Math.Min(Piece, file.Length)], new byte[Math.Min(Piece, file.Length)]);
        Task write = Task.CompletedTask;
        long at = 0;
        do
        {
            int n = reader.Read(mine, at);
            hash.AppendData(mine, 0, n);
            at += n;
            bool isGood = at < file.Length ? n > 0 : Digest.FromHash(hash.GetHashAndReset()) == digest;
            await write.ConfigureAwait(false);
            if (!isGood) throw file.Damaged(digest);
            write = WriteAsync(stream, mine.AsMemory(0, n), cancellationToken);
            (mine, sending) = (sending, mine);
        }
        while (at < file.Length);
        await write.ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        sent(piece.Length);
    }
}
