using System.Buffers;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>A blob on its way in: hashed while it is written, in any number of parts, one at a time.</summary>
/// <param name="file">Where it is written.</param>
/// <param name="isKept">Whether the blob must be on the disk, and not only in the system's memory, when it gets its name.</param>
internal sealed class Upload(string file, bool isKept = false) : IDisposable
{
    private const long LargestLayer = 52_000L * 1024 * 1024;   // https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
    private readonly FileStream _file = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 0);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _ended;
    private bool _lastWasSmall;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The bytes received so far.</summary>
    public long Length { get; private set; }

    /// <summary>When the last part came; by the real clock, as it is about forgotten files.</summary>
    public DateTime TouchedAt { get; private set; } = DateTime.UtcNow;

    /// <summary>The digest of what has been received.</summary>
    public Digest Digest => Digest.FromHash(_hash.GetCurrentHash());

    /// <summary>Whether a part before the last one was smaller than ECR allows.</summary>
    public bool HasSmallPart { get; private set; }

    /// <summary>Appends a part. False when another part is being received, or the upload has ended.</summary>
    /// <param name="part">The part.</param>
    /// <param name="smallest">The size that all parts but the last must have; see <see cref="HasSmallPart"/>.</param>
    /// <param name="cancellationToken">Ends the reading of the part.</param>
    public async Task<bool> AppendAsync(Stream part, int smallest, CancellationToken cancellationToken)
    {
        if (!_turn.Wait(0, CancellationToken.None)) return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Streams.BufferSize);
        long before = Length;
        bool followsSmall = _lastWasSmall;
        try
        {
            for (int read; (read = await part.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                HasSmallPart |= followsSmall;
                if (!Append(buffer.AsSpan(0, read))) return false;
            }
            return true;
        }
        finally
        {
            if (Length > before) _lastWasSmall = Length - before < smallest;
            ArrayPool<byte>.Shared.Return(buffer);
            _turn.Release();
        }
    }

    /// <summary>Brings what came to the disk, if it is to stay. Before the upload is committed, and with no lock held: it takes its
    /// time.</summary>
    public void Seal()
    {
        if (isKept && !_ended) Storage.Guard(_file.Name, () => _file.Flush(flushToDisk: true));
    }

    /// <summary>Ends the upload and gives its file a name that stays.</summary>
    public void MoveTo(string target)
    {
        End();
        File.Move(file, target, overwrite: true);
    }

    public void Dispose()
    {
        if (!_ended) End();
        File.Delete(file);
    }

    /// <summary>Appends bytes. False when the upload has ended.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_ended) return false;
        if (Length + bytes.Length > LargestLayer) throw new ApiError("LayerTooLargeException", "A layer has at most 52,000 MiB.", 413);
        try { _file.Write(bytes); }
        catch (Exception e) when (Storage.IsFailure(e))
        {
            _file.SetLength(Length);   // of a part that does not fit nothing stays
            _file.Position = Length;
            throw Storage.Failed(_file.Name, e);
        }
        _hash.AppendData(bytes);
        Length += bytes.Length;
        TouchedAt = DateTime.UtcNow;
        return true;
    }

    private void End()
    {
        _ended = true;
        _file.Dispose();
        _hash.Dispose();
    }
}
