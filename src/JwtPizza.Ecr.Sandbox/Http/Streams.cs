using System.Buffers;

namespace JwtPizza.Ecr.Sandbox.Http;

internal static class Streams
{
    public const int BufferSize = 128 * 1024;

    /// <summary>Copies the next bytes; a stream that ends early is an error.</summary>
    public static async Task CopyExactlyAsync(this Stream source, Stream target, long length, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (length > 0)
            {
                int read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellationToken)
                    .ConfigureAwait(false);
                if (read == 0) throw new EndOfStreamException();
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                length -= read;
            }
        }
        finally { ArrayPool<byte>.Shared.Return(buffer); }
    }
}
