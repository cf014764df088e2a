namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What a client sends, as long as it goes on sending: one that falls silent does not keep its connection for ever.</summary>
/// <param name="inner">The body of the request.</param>
/// <param name="limit">How long it may be silent.</param>
internal sealed class IdleLimitedStream(Stream inner, TimeSpan limit) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<int> read = inner.ReadAsync(buffer, cancellationToken);
        if (read.IsCompleted) return await read.ConfigureAwait(false);
        try { return await read.AsTask().WaitAsync(limit, cancellationToken).ConfigureAwait(false); }
        // nobody is there any more; the connection is dropped
        catch (TimeoutException e) { throw new IOException("The client has sent nothing for too long.", e); }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
