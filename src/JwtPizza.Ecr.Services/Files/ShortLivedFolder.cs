using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace JwtPizza.Ecr.Services.Files;

/// <summary>A folder for what must not outlive a call: readable by this user only, and deleted in every exit path, a signal's included.</summary>
internal sealed class ShortLivedFolder : IDisposable
{
    private static readonly ConcurrentDictionary<ShortLivedFolder, byte> s_alive = new();

    private readonly string? _secret;

    // Not ProcessExit alone: from .NET 10 on a SIGTERM raises it no more. https://learn.microsoft.com/dotnet/core/compatibility/core-libraries/10.0/sigterm-signal-handler
    private static readonly IDisposable[] s_signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => DisposeAll()), PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => DisposeAll())];

    static ShortLivedFolder() => AppDomain.CurrentDomain.ProcessExit += (_, _) => DisposeAll();

    private ShortLivedFolder(string path, string? secret) => (Path, _secret) = (path, secret);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A new one among the system's temporary files; on Windows these are below the user's own profile.</summary>
    /// <param name="prefix">The begin of its name.</param>
    /// <param name="secret">The file in it that is to be deleted first.</param>
    public static ShortLivedFolder Create(string prefix, string? secret = null) => Guard(new(Directory.CreateTempSubdirectory(prefix).FullName, secret));

    /// <summary>A new one at a path where nothing is.</summary>
    public static ShortLivedFolder CreateAt(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Guard(new(path, null));
    }

    /// <summary>Gives up the care for the folder: it has become something that stays.</summary>
    public void Release() => s_alive.TryRemove(this, out _);

    /// <summary>Deletes the folder, unless it was released. What cannot be deleted now is tried again when the process ends.</summary>
    public void Dispose()
    {
        if (!s_alive.ContainsKey(this)) return;
        try
        {
            if (_secret is not null) File.Delete(System.IO.Path.Combine(Path, _secret));
            if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
            Release();
        }
        catch (DirectoryNotFoundException) { Release(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static ShortLivedFolder Guard(ShortLivedFolder folder)
    {
        s_alive[folder] = 0;
        return folder;
    }

    private static void DisposeAll()
    {
        foreach (ShortLivedFolder left in s_alive.Keys) left.Dispose();
    }
}
