using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// Where each file of a tar lies, found by jumping from header to header, so that a tar of many gigabytes is indexed in milliseconds and
/// never unpacked. (System.Formats.Tar reads entries too but does not tell their offsets on .NET 8.)
/// The format: https://www.gnu.org/software/tar/manual/html_node/Standard.html
/// </summary>
internal static class TarIndex
{
    private const int Block = 512;
    private const int MaxExtendedHeader = 1 << 20;

    public static IReadOnlyDictionary<string, FileSlice> Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        Dictionary<string, FileSlice> entries = [];
        Dictionary<string, string> links = [];
        Span<byte> header = stackalloc byte[Block];
        (string? longName, long? longSize) = (null, null);
        for (long at = 0,
            end = RandomAccess.GetLength(file); RandomAccess.Read(file, header, at) == Block && header.ContainsAnyExcept((byte)0);)
        {
            if (!HasGoodChecksum(header)) throw Bad(path, at == 0 ? NotTar(header) : $"its header at byte {at} is damaged");
            char type = (char)header[156];
            long size = type is 'L' or 'x' or 'g' ? Number(header[124..136]) : longSize ?? Number(header[124..136]);
            long data = at + Block;
            if (size < 0 || size > end - data) throw Bad(path, $"it ends inside '{Name(header)}'; it was cut off");
            if (type == 'L') longName = Text(Bytes(file, path, data, size));
            else if (type == 'x') (longName, longSize) = Extended(Bytes(file, path, data, size));
            else
            {
                if (type is '0' or '\0' or '7') entries[Clean(longName ?? Name(header))] = new(path, data, size);
                // 'docker save' before docker 25 has a layer of several images once, and links to it.
                if (type is '1' or '2' && Clean(longName ?? Name(header)) is var name)
                    links[name] = type == '1' ? Clean(Text(header[157..257])) : Beside(name, Text(header[157..257]));
                if (type != 'g') (longName, longSize) = (null, null);
            }
            at = data + ((size + Block - 1) / Block * Block);
        }
        foreach ((string link, string target) in links)
            if (entries.TryGetValue(target, out FileSlice? slice)) entries.TryAdd(link, slice);
        return entries.Count > 0 ? entries : throw Bad(path, "it holds no files");
    }

    // Where a link within the tar leads; one that leads out of it leads to no entry.
    private static string Beside(string name, string target)
    {
        Stack<string> parts = new(name.Split('/').SkipLast(1));
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != "..") parts.Push(part);
            else if (!parts.TryPop(out _)) return "";
        }
        return string.Join('/', parts.Reverse());
    }

    private static string Name(ReadOnlySpan<byte> header) =>
        header[257..262].SequenceEqual("ustar"u8) && header[262] == 0 && Text(header[345..500]) is { Length: > 0 } prefix
            ? $"{prefix}/{Text(header[..100])}" : Text(header[..100]);

    private static string Clean(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;

    private static string Text(ReadOnlySpan<byte> field) =>
        Encoding.UTF8.GetString(field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field);

    // Octal digits; or, with the highest bit set, a big-endian number, for sizes from 8 GiB.
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        long value = 0;
        foreach (byte b in field) value = b is >= (byte)'0' and <= (byte)'7' ? (value << 3) + (b - '0') : value;
        return value;
    }

    private static bool HasGoodChecksum(ReadOnlySpan<byte> header)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < Block; i++) sum += i is >= 148 and < 156 ? 0 : header[i];
        return sum == Number(header[148..156]);
    }

    // Records "LENGTH KEY=VALUE\n": https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
    private static (string? Path, long? Size) Extended(ReadOnlySpan<byte> records)
    {
        (string? path, long? size) = (null, null);
        foreach (string record in Encoding.UTF8.GetString(records).Split('\n'))
        {
            if (record.Split(' ', 2) is not [_, var pair] || pair.Split('=', 2) is not [var key, var value]) continue;
            if (key == "path") path = value;
            if (key == "size" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) size = number;
        }
        return (path, size);
    }

    private static byte[] Bytes(SafeFileHandle file, string path, long at, long size)
    {
        if (size > MaxExtendedHeader) throw Bad(path, $"an extended header at byte {at} has {size} bytes");
        byte[] content = new byte[size];
        return RandomAccess.Read(file, content, at) == size ? content : throw Bad(path, "it was cut off");
    }

    private static string NotTar(ReadOnlySpan<byte> start) => start switch
    {
        [0x1f, 0x8b, ..] => "it is compressed with gzip, which must be unpacked first (gunzip)",
        [0x28, 0xb5, 0x2f, 0xfd, ..] =>
            "it is compressed with zstd, which must be unpacked first (unzstd)",
        _ => "it is not a tar",
    };

    private static PizzaException Bad(string path, string problem) => ErrorCatalog.InvalidLayout(
        $"'{path}' cannot be read as a tar of an OCI layout: {problem}. Make one with 'docker buildx build --output " +
        "type=oci,dest=image.tar .' or 'skopeo copy … oci-archive:image.tar'.", path);
}
