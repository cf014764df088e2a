using System.Buffers;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>A blob on its way in: hashed while it is written, in any number of parts, one at a time.</summary>
/// <param name="file">Where it is written.</param>
/// <param name="isKept">Whether the blob must be on the disk, and not only in the system's memory, when it gets its name.</param>
internal sealed class Upload(string file, bool isKept = false) : IDisposable
{
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
    public async Task<bool> AppendAsync(Stream part, CancellationToken cancellationToken)
    {
        if (!_turn.Wait(0, CancellationToken.None)) return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Streams.BufferSize);
        try
        {
            for (int read; (read = await part.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                if (!Append(buffer.AsSpan(0, read))) return false;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _turn.Release();
        }
    }

    /// <summary>Appends a part of ECR's own upload operations.</summary>
    public void AppendPart(ReadOnlySpan<byte> part, int smallest)
    {
        HasSmallPart |= _lastWasSmall;
        _lastWasSmall = part.Length < smallest;
        Append(part);
    }

    /// <summary>Ends the upload and gives its file a name that stays.</summary>
    public void MoveTo(string target)
    {
        if (isKept) _file.Flush(flushToDisk: true);
        End();
        File.Move(file, target, overwrite: true);
    }

    public void Dispose()
    {
        if (!_ended) End();
        File.Delete(file);
    }

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_ended) return false;
        _hash.AppendData(bytes);
        _file.Write(bytes);
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
