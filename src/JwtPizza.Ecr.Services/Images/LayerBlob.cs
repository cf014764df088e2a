using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>A blob in ECR's storage, on its way to another registry without a stop on this machine's disk.</summary>
/// <param name="source">The storage.</param>
/// <param name="blob">Its name and length.</param>
internal sealed class LayerBlob(LayerSource source, OciDescriptor blob) : IBlobSource
{
    public Digest Digest => blob.Digest;

    public long Length => blob.Size;

    public async Task<IBlobReader> OpenAsync(CancellationToken cancellationToken) =>
        new Reader(await source.OpenAsync(blob.Digest, cancellationToken).ConfigureAwait(false), source, blob);

    public PizzaException Damaged() => source.Damaged(blob.Digest);

    private sealed class Reader(Stream from, LayerSource source, OciDescriptor blob) : IBlobReader
    {
        public async ValueTask<int> ReadAsync(Memory<byte> piece, long at, CancellationToken cancellationToken)
        {
            Memory<byte> wanted = piece[..(int)Math.Min(piece.Length, blob.Size - at)];
            try { await from.ReadExactlyAsync(wanted, cancellationToken).ConfigureAwait(false); }
            catch (Exception e) when (e is IOException or HttpRequestException) { throw source.Broken(blob.Digest, e); }   // not to be taken for trouble of the registry
            return wanted.Length;
        }

        public ValueTask DisposeAsync() => from.DisposeAsync();
    }
}
