using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Files;

/// <summary>
/// A folder for what must not outlive a call: readable by this user only, and deleted in every exit path, a signal's included. It holds a
/// file that is locked while its process lives; a folder whose lock is free was left by a process that was killed, and the next one sweeps
/// it.
/// </summary>
internal sealed class ShortLivedFolder : IDisposable
{
    /// <summary>The file that is locked as long as the folder is in use.</summary>
    internal const string LockFile = ".jwtpizza-lock";

    private readonly string? _secret;
    private readonly FileStream _lock;
    private readonly ExitCleanup _cleanup;

    private ShortLivedFolder(string path, string? secret)
    {
        (Path, _secret) = (path, secret);
        FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        try { _lock = Lock(System.IO.Path.Combine(path, LockFile), options); }
        catch   // the disk is full
        {
            Directory.Delete(path, recursive: true);
            throw;
        }
        _cleanup = ExitCleanup.Register(Dispose);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A new one among the system's temporary files; on Windows these are below the user's own profile. Sweeps those of killed
    /// processes first.</summary>
    /// <param name="prefix">The start of its name.</param>
    /// <param name="secret">The file in it that is to be deleted first.</param>
    /// <param name="verbose">Told what was swept.</param>
    public static ShortLivedFolder Create(string prefix, string? secret = null, Action<string>? verbose = null)
    {
        try
        {
            Sweep(System.IO.Path.GetTempPath(), prefix, verbose);
            return new(Directory.CreateTempSubdirectory(prefix).FullName, secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw ErrorCatalog.TemporaryFolderUnusable(e); }
    }

    /// <summary>A new one with a name of this prefix in a folder. Sweeps those of killed processes first.</summary>
    /// <param name="parent">The folder that holds it.</param>
    /// <param name="prefix">The start of its name.</param>
    /// <param name="verbose">Told what was swept.</param>
    public static ShortLivedFolder CreateIn(string parent, string prefix, Action<string>? verbose = null)
    {
        Sweep(parent, prefix, verbose);
        string path = System.IO.Path.Combine(parent, prefix + System.IO.Path.GetRandomFileName());
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(path, null);
    }

    private static FileStream Lock(string file, FileOptions options)
    {
        FileStream locked = new(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, options);
        try
        {
            locked.Write("locked"u8);
            locked.Flush();
            return locked;
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>Gives up the care for the folder: it becomes something that stays, without the lock file.</summary>
    public void Release()
    {
        _cleanup.Dispose();
        Unlock();
    }

    /// <summary>Deletes the folder, unless it was released. What cannot be deleted now is tried again when the process ends.</summary>
    public void Dispose()
    {
        if (!_cleanup.IsRegistered) return;
        try
        {
            if (_secret is not null) File.Delete(System.IO.Path.Combine(Path, _secret));
            Unlock();
            if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
            _cleanup.Dispose();
        }
        catch (DirectoryNotFoundException) { _cleanup.Dispose(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    // Deleted before it is unlocked, so that nobody takes the folder for an abandoned one. On Windows closing does both.
    private void Unlock()
    {
        if (!OperatingSystem.IsWindows()) File.Delete(_lock.Name);
        _lock.Dispose();
    }

    /// <summary>Deletes the folders of this prefix whose lock nobody holds. A link is passed over, and so is a folder without our lock
    /// file.</summary>
    private static void Sweep(string parent, string prefix, Action<string>? verbose)
    {
        foreach (DirectoryInfo folder in new DirectoryInfo(parent).EnumerateDirectories(prefix + "*"))
        {
            if (folder.LinkTarget is not null) continue;
            try
            {
                // An empty lock file may belong to a process that is about to lock it.
                string file = System.IO.Path.Combine(folder.FullName, LockFile);
                if (new FileInfo(file) is not { Exists: true, LinkTarget: null, Length: > 0 }) continue;
                using (FileStream free = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
                folder.Delete(recursive: true);   // does not follow links
                verbose?.Invoke($"Deleted '{folder.FullName}', which a killed process left behind.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }   // in use, or another user's
        }
    }
}
