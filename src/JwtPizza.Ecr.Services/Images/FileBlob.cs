using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>A blob that lies in a file of this machine.</summary>
/// <param name="file">Where.</param>
/// <param name="digest">Its name.</param>
internal sealed class FileBlob(FileSlice file, Digest digest) : IBlobSource
{
    public Digest Digest => digest;

    public long Length => file.Length;

    public Task<IBlobReader> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IBlobReader>(new Reader(file.Open()));

    public PizzaException Damaged() => file.Damaged(digest);

    private sealed class Reader(FileSlice.Reader file) : IBlobReader
    {
        public ValueTask<int> ReadAsync(Memory<byte> piece, long at, CancellationToken cancellationToken) => new(file.Read(piece.Span, at));

        public ValueTask DisposeAsync()
        {
            file.Dispose();
            return default;
        }
    }
}
