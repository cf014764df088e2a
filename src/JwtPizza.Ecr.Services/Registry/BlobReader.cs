using System.Net;
using System.Security.Cryptography;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>Reads a blob from its beginning to its end, hashing it, and goes on where it was when the connection to its source
/// breaks.</summary>
/// <param name="source">Where it comes from.</param>
internal sealed class BlobReader(BlobSource source) : IAsyncDisposable
{
    private const int MaxBreaks = 4;

    // Shorter than the silence that a target suffers, so that it is the source that gets the blame.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(20), s_wait = TimeSpan.FromMilliseconds(250);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Stream? _stream;
    private int _breaks;

    /// <summary>How many bytes were read.</summary>
    public long At { get; private set; }

    /// <summary>Whether all were read.</summary>
    public bool IsAtEnd => At == source.Blob.Size;

    /// <summary>Reads as much as fits. After the last byte the whole is checked.</summary>
    /// <exception cref="PizzaException">The blob is damaged, or its source fails for good.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> piece, CancellationToken cancellationToken)
    {
        piece = piece[..(int)Math.Min(piece.Length, source.Blob.Size - At)];
        int read = 0;
        // an empty blob must be there too
        if (piece.IsEmpty && _stream is null) await SomeAsync(piece, cancellationToken).ConfigureAwait(false);
        while (read < piece.Length)
        {
            int n = await SomeAsync(piece[read..], cancellationToken).ConfigureAwait(false);
            if (n == 0) throw source.Damaged();   // shorter than announced
            _hash.AppendData(piece.Span.Slice(read, n));
            read += n;
            At += n;
        }
        return !IsAtEnd || Digest.FromHash(_hash.GetCurrentHash()) == source.Blob.Digest ? read : throw source.Damaged();
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_stream is not null) await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<int> SomeAsync(Memory<byte> piece, CancellationToken cancellationToken)
    {
        while (true)
        {
            using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            silence.CancelAfter(s_silence);
            try
            {
                _stream ??= await source.OpenAsync(At, cancellationToken).ConfigureAwait(false);
                return await _stream.ReadAsync(piece, silence.Token).ConfigureAwait(false);
            }
            catch (TransientFailure e) when (++_breaks > MaxBreaks) { throw e.Error; }
            catch (Exception e) when (e is TransientFailure || (Retry.IsNetwork(e, cancellationToken) && ++_breaks <= MaxBreaks)) { }
            catch (Exception e) when (Retry.IsNetwork(e, cancellationToken)) { throw Broken(e); }
            if (_stream is not null) await _stream.DisposeAsync().ConfigureAwait(false);
            _stream = null;
            await Task.Delay(s_wait * _breaks, cancellationToken).ConfigureAwait(false);
        }
    }

    private PizzaException Broken(Exception e)
    {
        string why = e is OperationCanceledException
            ? $"its source sent nothing for {s_silence.TotalSeconds} seconds" : e.GetBaseException().Message.TrimEnd('.');
        string layer = source.Blob.Digest.Value;
        return ErrorCatalog.LayerStorageUnreachable(layer, $"{why}. {MaxBreaks + 1} tries failed.", layer);
    }
}

/// <summary>
/// A blob on its way to a registry in one piece, straight from where it lies. Its last bytes are kept back when the hash is not its name,
/// so that no registry ever takes a damaged blob. While one piece is sent, the next is read and hashed.
/// </summary>
/// <param name="source">Where it comes from.</param>
/// <param name="starts">Told at each beginning: HttpClient itself sends again what it lost on a connection that had gone stale.</param>
/// <param name="sent">Told of each run of bytes.</param>
internal sealed class BlobContent(BlobSource source, Action starts, Action<long> sent) : HttpContent
{
    private const int Piece = 1 << 18;

    protected override bool TryComputeLength(out long length)
    {
        length = source.Blob.Size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        starts();
        BlobReader reader = new(source);
        await using (reader.ConfigureAwait(false))
        {
            (byte[] mine, byte[] sending) = (new byte[Math.Min(Piece, source.Blob.Size)], new byte[Math.Min(Piece, source.Blob.Size)]);
            Task write = Task.CompletedTask;
            do
            {
                int n;
                try { n = await reader.ReadAsync(mine, cancellationToken).ConfigureAwait(false); }
                finally { await write.ConfigureAwait(false); }
                write = WriteAsync(stream, mine.AsMemory(0, n), cancellationToken);
                (mine, sending) = (sending, mine);
            }
            while (!reader.IsAtEnd);
            await write.ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        sent(piece.Length);
    }
}
