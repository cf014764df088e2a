using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>A tar that is being written, one file after another; under another name until it is complete. (System.Formats.Tar wants a
/// stream that it can seek in, or all in memory.)</summary>
internal sealed class TarFile : IAsyncDisposable
{
    private const int Block = 512;

    private readonly string _path, _partial;
    private readonly FileStream _file;
    private readonly HashSet<string> _names = [];

    public TarFile(string path)
    {
        (_path, _partial) = (path, $"{path}.{Guid.NewGuid():N}.partial");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        _file = new(_partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
    }

    /// <summary>Whether a file of this name was written.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>Writes a file. What breaks off leaves nothing of it.</summary>
    public async Task AddAsync(string name, long size, Func<Stream, Task> write)
    {
        long start = _file.Position;
        try
        {
            await _file.WriteAsync(Header(name, size), CancellationToken.None).ConfigureAwait(false);
            await write(_file).ConfigureAwait(false);
            await _file.WriteAsync(new byte[(Block - (size % Block)) % Block], CancellationToken.None).ConfigureAwait(false);
            _names.Add(name);
        }
        catch
        {
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    /// <summary>Gives it its name.</summary>
    public async Task CompleteAsync()
    {
        await _file.WriteAsync(new byte[2 * Block], CancellationToken.None).ConfigureAwait(false);
        await _file.DisposeAsync().ConfigureAwait(false);
        File.Move(_partial, _path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        File.Delete(_partial);
    }

    // https://www.gnu.org/software/tar/manual/html_node/Standard.html. Names here have fewer than 100 characters; sizes from 8 GiB are a
    // binary number.
    private static byte[] Header(string name, long size)
    {
        byte[] header = new byte[Block];
        Put(0, name);
        Put(100, "0000644\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        if (size < 1L << 33) Put(124, Octal(size, 11) + "\0");
        else
        {
            header[124] = 0x80;
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), size);
        }
        Put(136, Octal(0, 11) + "\0");   // the same content gives the same tar
        Put(148, "        ");
        Put(156, "0");
        Put(257, "ustar\000");
        Put(148, Octal(header.Sum(b => (long)b), 6) + "\0 ");
        return header;

        void Put(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);

        static string Octal(long value, int digits) =>
            Convert.ToString(value, 8).PadLeft(digits, '0').ToString(CultureInfo.InvariantCulture);
    }
}
