using System.Formats.Tar;
using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Tests.Registry;

public sealed class TarIndexTests
{
    private static readonly Gen<(string Name, byte[] Content)> s_entry =
        from depth in Gen.Choose(0, 4)
        from parts in Gen.ArrayOf(Gen.Elements("a", "blobs", "sha256", new string('x', 64), new string('y', 120), "über"), depth + 1)
        from content in Gen.ArrayOf(ArbMap.Default.GeneratorFor<byte>())
        select (string.Join('/', parts), content);

    private static readonly Gen<(TarEntryFormat Format, (string Name, byte[] Content)[] Entries)> s_tar =
        from format in Gen.Elements(TarEntryFormat.Pax, TarEntryFormat.Gnu)
        from entries in Gen.NonEmptyListOf(s_entry)
        select (format, entries.DistinctBy(e => e.Name).ToArray());

    [Fact]
    public void Every_file_is_found_where_the_frameworks_own_writer_put_it() => Prop.ForAll(s_tar.ToArbitrary(), tar => InFile(path =>
    {
        Write(path, tar.Format, tar.Entries);
        IReadOnlyDictionary<string, FileSlice> index = TarIndex.Read(path);
        return index.Count == tar.Entries.Length && tar.Entries.All(e => index[e.Name].ReadAll().SequenceEqual(e.Content));
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tar_cut_anywhere_is_read_or_refused_but_never_read_beyond_its_end() =>
        Prop.ForAll(s_tar.ToArbitrary(), tar => InFile(path =>
    {
        Write(path, tar.Format, tar.Entries);
        using (FileStream stream = File.OpenWrite(path)) stream.SetLength(stream.Length * 2 / 3);
        try { return TarIndex.Read(path).Values.All(s => s.ReadAll().Length == s.Length); }
        catch (PizzaException e) { return e.ErrorId == "InvalidLayout"; }
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void A_file_of_more_than_8_GiB_is_found_in_either_notation() => InFile(path =>
    {
        const long Size = 9L << 30;
        using (FileStream stream = File.Create(path))
        {
            byte[] header = new byte[512];
            "big"u8.CopyTo(header);
            header[124] = 0x80;
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128, 8), Size);
            header[156] = (byte)'0';
            header.AsSpan(148, 8).Fill((byte)' ');
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0").CopyTo(header, 148);
            stream.Write(header);
            stream.SetLength(512 + Size + 1024);   // sparse: takes no room
        }
        Assert.Equal(Size, TarIndex.Read(path)["big"].Length);
        return true;
    });

    private static void Write(string path, TarEntryFormat format, (string Name, byte[] Content)[] entries)
    {
        using FileStream stream = File.Create(path);
        using TarWriter writer = new(stream, format);
        foreach ((string name, byte[] content) in entries)
        {
            using MemoryStream data = new(content);
            writer.WriteEntry(
                format == TarEntryFormat.Pax ? new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data }
                    : new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
        }
    }

    private static bool InFile(Func<string, bool> test)
    {
        string path = Path.GetTempFileName();
        try { return test(path); }
        finally { File.Delete(path); }
    }
}
