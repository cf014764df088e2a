using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>
/// A folder that outlives the sandbox. Each document is replaced whole (written aside, flushed to the disk, renamed), so that whoever
/// kills the process finds the document before a change or after it, and never half of one.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const string LockFile = "lock", Extension = ".json", Unfinished = ".new", Repositories = "repositories";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Dictionary<string, byte[]> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = [];   // of ours; the folder may hold others
    private readonly object _gate = new();
    private readonly FileStream _lock;

    /// <exception cref="PizzaException"><c>StateInUse</c>, <c>InvalidState</c>.</exception>
    public StateFolder(string path)
    {
        Root = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Root);
            else
            {
                Directory.CreateDirectory(Root, OwnerOnly | UnixFileMode.UserExecute);   // it holds credentials, if only the sandbox's own
                File.SetUnixFileMode(Root, OwnerOnly | UnixFileMode.UserExecute);   // also when it was there
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(PizzaErrorKind.InvalidArgument,
                $"The folder '{Root}' for the sandbox's state cannot be made: {e.Message.TrimEnd('.')}. Name one that you can write to.",
                path, e);
        }
        _lock = Lock(path);
        foreach (string file in Directory.EnumerateFiles(Root, "*" + Unfinished, SearchOption.AllDirectories)) File.Delete(file);
    }

    private StateFolder(string root, FileStream held) => (Root, _lock) = (root, held);

    /// <summary>Whether it was emptied, and another holds the folder now.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The folder, in full.</summary>
    public string Root { get; }

    /// <summary>Where layers and configurations lie, named by their digest.</summary>
    public string Blobs => Path.Combine(Root, "blobs");

    /// <summary>Replaces a document, unless it is so already. When this returns, a restart will find it.</summary>
    /// <param name="name">The document, for example <c>iam</c>.</param>
    /// <param name="value">Gives what is to be kept; the last who saves tells the newest.</param>
    public void Save<T>(string name, Func<T> value)
    {
        lock (_gate)
        {
            if (IsOver) return;
            byte[] content = JsonSerializer.SerializeToUtf8Bytes(value()), hash = SHA256.HashData(content);
            if (_written.TryGetValue(name, out byte[]? last) && last.AsSpan().SequenceEqual(hash)) return;
            Storage.Guard(Root, () => Write(FileOf(name), content));
            _written[name] = hash;
        }
    }

    /// <summary>The same folder without a document in it. Whoever still holds this one writes nothing there any more.</summary>
    public StateFolder Emptied()
    {
        lock (_gate)
        {
            IsOver = true;
            foreach (string file in _files.Concat(Journals.ToList())) File.Delete(file);
        }
        return new(Root, _lock);
    }

    /// <summary>A document, or null where there is none yet.</summary>
    public T? Load<T>(string name) where T : class => File.Exists(FileOf(name)) ? Read<T>(FileOf(name)) : null;

    /// <summary>All documents of a folder.</summary>
    public IEnumerable<T> LoadAll<T>(string folder) where T : class => Directory.Exists(Path.Combine(Root, folder))
        ? Directory.EnumerateFiles(Path.Combine(Root, folder), "*" + Extension).Select(Read<T>)
        : [];

    /// <summary>Where the journal of a repository is.</summary>
    // Hashed: a name is longer than a file's may be, and two that differ only in what a file system ignores are two.
    public string JournalOf(string registryId, string region, string repository)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Root, Repositories)).FullName;
        return Path.Combine(folder, Digest.Of(Encoding.UTF8.GetBytes($"{registryId}\n{region}\n{repository}")).Hex + Journal.Extension);
    }

    /// <summary>The journals of all repositories.</summary>
    public IEnumerable<string> Journals =>
        Directory.Exists(Path.Combine(Root, Repositories))
            ? Directory.EnumerateFiles(Path.Combine(Root, Repositories), "*" + Journal.Extension).Order(StringComparer.Ordinal) : [];

    /// <summary>A file that its owner alone can read.</summary>
    public static FileStream Open(string file, FileMode mode) => new(file, Options(mode, FileShare.Read | FileShare.Delete));

    /// <summary>The error for a state that nobody but an editor, or a failing disk, can have left.</summary>
    public static PizzaException Damaged(string what, Exception? inner = null) => Invalid(PizzaErrorKind.InvalidData,
        $"The sandbox's state is damaged: {what}. Put the folder back from a copy, or start with an empty one.", what, inner);

    /// <summary>The error for a state that cannot be read or written now.</summary>
    public static PizzaException Unavailable(string message, string? path, Exception inner) =>
        Invalid(PizzaErrorKind.Unavailable, message, path, inner);

    private static PizzaException Invalid(PizzaErrorKind kind, string message, string? about, Exception? inner) =>
        new("InvalidState", kind, message, about, inner);

    public void Dispose() => _lock.Dispose();

    private FileStream Lock(string path)
    {
        try { return new(Path.Combine(Root, LockFile), Options(FileMode.OpenOrCreate, FileShare.None)); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PizzaException("StateInUse", PizzaErrorKind.Unavailable,
                $"The folder '{Root}' cannot be locked, most likely because another sandbox works with it: {e.Message.TrimEnd('.')}. " +
                "End that one, or name another folder.", path, e);
        }
    }

    private string FileOf(string name) => Path.Combine(Root, name + Extension);

    private void Write(string file, byte[] content)
    {
        _files.Add(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (FileStream aside = Open(file + Unfinished, FileMode.Create))
        {
            aside.Write(content);
            aside.Flush(flushToDisk: true);
        }
        File.Move(file + Unfinished, file, overwrite: true);
    }

    private T Read<T>(string file) where T : class
    {
        lock (_gate) _files.Add(file);
        try { return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file)) ?? throw Damaged($"'{file}' holds nothing"); }
        catch (JsonException e) { throw Damaged($"'{file}' cannot be read: {e.Message.TrimEnd('.')}", e); }
    }

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = OwnerOnly;
        return options;
    }
}
