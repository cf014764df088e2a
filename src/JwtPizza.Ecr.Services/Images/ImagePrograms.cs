using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>A program in an image, and the processor that its header names.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Architecture">In Go's spelling, for example <c>arm64</c>.</param>
internal sealed record ImageProgram(string Path, string Architecture);

/// <summary>Looks into the layers of an image for a program: its header tells what the image runs on, whatever the image's label
/// says.</summary>
/// <param name="ecr">The repository.</param>
internal sealed class ImagePrograms(ImageRepository ecr)
{
    private const long MaxLayer = 100_000_000;
    private const int HeaderLength = 20;

    // e_machine of ELF: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
    private static readonly Dictionary<int, string> s_machines = new()
    {
        [3] = "386", [40] = "arm", [62] = "amd64", [183] = "arm64", [243] = "riscv64", [258] = "loong64", [22] = "s390x",
    };

    /// <summary>The first program of the last layer that has one; null when none is found in layers of up to 100 MB that are packed with
    /// gzip or not at all.</summary>
    /// <param name="manifest">The manifest of one platform.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PizzaException">The layer may not be read, or its storage cannot be reached.</exception>
    public async Task<ImageProgram?> FindAsync(OciManifest manifest, CancellationToken cancellationToken)
    {
        foreach (OciDescriptor layer in manifest.Layers.Reverse()
            .Where(l => l.Size <= MaxLayer && !l.MediaType.EndsWith("zstd", StringComparison.Ordinal)))
            if (await InAsync(layer, cancellationToken).ConfigureAwait(false) is { } found) return found;
        return null;
    }

    private async Task<ImageProgram?> InAsync(OciDescriptor layer, CancellationToken cancellationToken)
    {
        Stream blob = await ecr.OpenBlobAsync(layer, 0, cancellationToken).ConfigureAwait(false);
        await using (blob.ConfigureAwait(false))
        {
            Stream content =
                layer.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? new GZipStream(blob, CompressionMode.Decompress) : blob;
            TarReader tar = new(content, leaveOpen: true);
            try
            {
                while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
                    if (entry is { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, DataStream: { } data }
                        && entry.Length >= HeaderLength
                        && await ArchitectureAsync(data, cancellationToken).ConfigureAwait(false) is { } architecture)
                        return new(entry.Name, architecture);
                return null;
            }
            // no layer of files
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException) { return null; }
        }
    }

    private static async Task<string?> ArchitectureAsync(Stream file, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderLength];
        await file.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        if (!header.AsSpan().StartsWith("\u007fELF"u8)) return null;
        bool isBig = header[5] == 2;
        int machine =
            isBig ? BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(18)) : BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18));
        return machine switch { 21 => isBig ? "ppc64" : "ppc64le", 8 => isBig ? "mips64" : "mips64le",
            _ => s_machines.GetValueOrDefault(machine) };
    }
}
