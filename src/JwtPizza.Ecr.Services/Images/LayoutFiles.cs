namespace JwtPizza.Ecr.Services.Images;

/// <summary>The files of an OCI layout, by their name in it.</summary>
internal abstract class LayoutFiles(string path)
{
    /// <summary>The folder or tar, for messages.</summary>
    public string Path { get; } = path;

    /// <summary>A file of the layout; null when there is none.</summary>
    /// <param name="name">With forward slashes, for example <c>blobs/sha256/47cb…</c>.</param>
    public abstract FileSlice? Find(string name);

    /// <summary>Opens a folder or a tar, whichever the path is.</summary>
    /// <exception cref="PizzaException"><c>LayoutNotFound</c>, <c>InvalidLayout</c>.</exception>
    public static LayoutFiles Open(string path)
    {
        if (Directory.Exists(path)) return new Folder(path);
        if (!File.Exists(path))
            throw new PizzaException("LayoutNotFound", PizzaErrorKind.NotFound, $"There is no folder or file '{path}'. Give an OCI layout: a folder with index.json, or a tar of one.", path);
        try { return new Tar(path, TarIndex.Read(path)); }
        catch (UnauthorizedAccessException e)
        {
            throw new PizzaException("LayoutNotReadable", PizzaErrorKind.PermissionDenied, $"'{path}' cannot be read: {e.Message}", path, e);
        }
    }

    private sealed class Folder(string path) : LayoutFiles(path)
    {
        public override FileSlice? Find(string name) =>
            new FileInfo(System.IO.Path.Combine(Path, name)) is { Exists: true } file ? new(file.FullName, 0, Real(file).Length) : null;

        // A link's own length is that of its text.
        private static FileInfo Real(FileInfo file) => file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }

    private sealed class Tar(string path, IReadOnlyDictionary<string, FileSlice> entries) : LayoutFiles(path)
    {
        // `tar cf x.tar layout` puts the folder's name before every entry.
        private readonly string _root = entries.Keys.Where(n => n == OciLayout.Index || n.EndsWith('/' + OciLayout.Index, StringComparison.Ordinal)).MinBy(n => n.Length) is { } index
            ? index[..^OciLayout.Index.Length]
            : "";

        public override FileSlice? Find(string name) => entries.GetValueOrDefault(_root + name);
    }
}
