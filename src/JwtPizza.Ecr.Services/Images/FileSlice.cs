using Microsoft.Win32.SafeHandles;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>A run of bytes in a file: a whole file of a folder, or an entry of a tar, which is read where it lies.</summary>
internal sealed record FileSlice(string Path, long Offset, long Length)
{
    /// <summary>Opens it for reading.</summary>
    /// <exception cref="PizzaException"><c>LayoutNotReadable</c>.</exception>
    public Reader Open() => new(this);

    /// <summary>All bytes, of what is small: a manifest, a configuration.</summary>
    public byte[] ReadAll()
    {
        byte[] content = new byte[Length];
        using Reader reader = Open();
        for (int read = 0, n; read < content.Length; read += n)
        {
            n = reader.Read(content.AsSpan(read), read);
            if (n == 0) throw NotReadable(new EndOfStreamException("it became shorter while it was read."));
        }
        return content;
    }

    /// <summary>The error for content whose digest is not what its name says.</summary>
    public PizzaException Damaged(Digest digest) => new("InvalidLayout", PizzaErrorKind.InvalidData,
        $"The content of '{digest}' in '{Path}' has another digest: it is damaged. Make the image anew, or copy it again.", Path);

    private PizzaException NotReadable(Exception e) => new("LayoutNotReadable", PizzaErrorKind.PermissionDenied, $"'{Path}' cannot be read: {e.Message}", Path, e);

    /// <summary>The slice, open. Errors of the file are told from those of the network.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly FileSlice _slice;
        private readonly SafeFileHandle _file;

        public Reader(FileSlice slice) => (_slice, _file) = (slice, slice.Guard(() => File.OpenHandle(slice.Path, options: FileOptions.SequentialScan)));

        /// <summary>Reads as much as fits, from a place in the slice; 0 at its end.</summary>
        public int Read(Span<byte> buffer, long at)
        {
            Span<byte> wanted = buffer[..(int)Math.Min(buffer.Length, _slice.Length - at)];
            try { return RandomAccess.Read(_file, wanted, _slice.Offset + at); }
            catch (IOException e) { throw _slice.NotReadable(e); }
        }

        public void Dispose() => _file.Dispose();
    }

    private T Guard<T>(Func<T> open)
    {
        try { return open(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw NotReadable(e); }
    }
}
