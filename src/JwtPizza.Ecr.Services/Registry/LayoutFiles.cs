using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>The files of an image layout, by their name in it.</summary>
internal abstract class LayoutFiles(string path)
{
    public const string Index = "index.json", Version = "oci-layout", DockerIndex = "manifest.json";

    /// <summary>The folder or tar, for messages.</summary>
    public string Path { get; } = path;

    /// <summary>A file of the layout; null when there is none.</summary>
    /// <param name="name">With forward slashes, for example <c>blobs/sha256/47cb…</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidLayout</c>: a link leads out of the layout.</exception>
    public abstract FileSlice? Find(string name);

    /// <summary>Opens a folder or a tar, whichever the path is.</summary>
    /// <exception cref="PizzaException"><c>LayoutNotFound</c>, <c>InvalidLayout</c>, <c>LayoutNotReadable</c>.</exception>
    public static LayoutFiles Open(string path)
    {
        if (Directory.Exists(path)) return new Folder(path);
        if (!File.Exists(path) || RealPath.Of(System.IO.Path.GetFullPath(path)) is null)   // or a link to what is gone
            throw new PizzaException("LayoutNotFound", PizzaErrorKind.NotFound,
                $"There is no folder or file '{path}'. Give an OCI layout: a folder with index.json, or a tar of one.", path);
        // Opening a pipe would wait for somebody to write to it, and reading a device may never end. Both have no length.
        if (Real(new FileInfo(path)).Length == 0)
            throw ErrorCatalog.InvalidLayout(
                $"'{path}' is empty, or not a file but a pipe, socket or device, so it was not opened. " +
                "Give a folder or tar with an OCI layout.", path);
        try { return new Tar(path, TarIndex.Read(path)); }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw ErrorCatalog.LayoutNotReadable(path, e);
        }
    }

    // A link's own length is that of its text.
    private static FileInfo Real(FileInfo file) =>
        file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;

    private sealed class Folder(string path) : LayoutFiles(path)
    {
        private readonly string? _root = RealPath.Of(System.IO.Path.GetFullPath(path));

        public override FileSlice? Find(string name)
        {
            string file = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name));
            if (!File.Exists(file)) return null;
            return RealPath.Of(file) is { } real && _root is not null && RealPath.IsWithin(_root, real)
                ? new(real, 0, new FileInfo(real).Length) : throw ErrorCatalog.InvalidLayout(
                $"'{name}' in '{Path}' is a link that points outside the layout, so it was not read. Copy the file itself to its place.",
                Path);
        }
    }

    private sealed class Tar(string path, IReadOnlyDictionary<string, FileSlice> entries) : LayoutFiles(path)
    {
        // `tar cf x.tar layout` puts the folder's name before every entry.
        private readonly string _root =
            new[]
            {
                Index, DockerIndex,
            }.Select(i =>
                (Name: i, Entry: entries.Keys.Where(n => n == i || n.EndsWith('/' + i, StringComparison.Ordinal)).MinBy(n => n.Length)))
            .FirstOrDefault(i => i.Entry is not null) is (var name, { } entry) ? entry[..^name.Length] : "";

        public override FileSlice? Find(string name) => entries.GetValueOrDefault(_root + name);
    }
}
