using Microsoft.Win32.SafeHandles;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>A run of bytes in a file: a whole file of a folder, or an entry of a tar, which is read where it lies.</summary>
internal sealed record FileSlice(string Path, long Offset, long Length)
{
    /// <summary>Opens it for reading, from a place in it.</summary>
    /// <exception cref="PizzaException"><c>LayoutNotReadable</c>.</exception>
    public Stream Open(long from = 0) => new Reader(this, from);

    /// <summary>All bytes, of what is small: a manifest, a configuration.</summary>
    public byte[] ReadAll()
    {
        byte[] content = new byte[Length];
        using Stream reader = Open();
        return reader.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            ? content : throw NotReadable(new EndOfStreamException("it became shorter while it was read."));
    }

    /// <summary>The error for content whose digest is not what its name says.</summary>
    public PizzaException Damaged(Digest digest) => ErrorCatalog.InvalidLayout(
        $"The content of '{digest}' in '{Path}' has another digest: it is damaged. Make the image again, or copy it again.", Path);

    private PizzaException NotReadable(Exception e) =>
        ErrorCatalog.LayoutNotReadable(Path, e);

    private SafeFileHandle OpenFile()
    {
        try { return File.OpenHandle(Path, options: FileOptions.SequentialScan); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw NotReadable(e); }
    }

    /// <summary>The slice, open. Errors of the file are told from those of the network. What is empty is not opened: a pipe or device has
    /// the length 0 too.</summary>
    private sealed class Reader(FileSlice slice, long from) : Stream
    {
        private readonly SafeFileHandle? _file = slice.Length == 0 ? null : slice.OpenFile();
        private long _at = from;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => slice.Length;
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            Span<byte> wanted = buffer[..(int)Math.Min(buffer.Length, slice.Length - _at)];
            if (_file is null || wanted.IsEmpty) return 0;
            int read;
            try { read = RandomAccess.Read(_file, wanted, slice.Offset + _at); }
            catch (IOException e) { throw slice.NotReadable(e); }
            _at += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _file?.Dispose();
            base.Dispose(disposing);
        }
    }
}
