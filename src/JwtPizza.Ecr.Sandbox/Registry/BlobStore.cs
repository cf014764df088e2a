using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>
/// Layers and configurations on disk, each once however many repositories hold it, in a private folder that goes with the sandbox,
/// or in one that stays.
/// </summary>
internal sealed class BlobStore : IDisposable
{
    private const string Prefix = "jwtpizza-sandbox-", LockFile = "lock";
    private static readonly TimeSpan s_youth = TimeSpan.FromMinutes(1);
    private readonly Dictionary<Digest, int> _holders = [];
    private readonly object _gate = new();
    private readonly FileStream? _lock;   // none where the folder stays: whoever named it guards it

    /// <param name="folder">A folder that stays; null for one that goes.</param>
    public BlobStore(string? folder = null)
    {
        if (folder is not null)
        {
            Folder = Directory.CreateDirectory(folder).FullName;
            return;
        }
        try
        {
            SweepAbandoned();
            Folder = Directory.CreateTempSubdirectory(Prefix).FullName;   // 0700 on Unix
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw ErrorCatalog.TemporaryFolderUnusable(e); }
        _lock = new(Path.Combine(Folder, LockFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    public string Folder { get; }

    public Upload Begin() => Storage.Guard(Folder, () => new Upload(Path.Combine(Folder, Path.GetRandomFileName()), isKept: _lock is null));

    /// <summary>Takes up a blob that an earlier sandbox left, for one repository more; whether it is there is seen by
    /// <see cref="Verify"/>.</summary>
    public void Restore(Digest digest)
    {
        lock (_gate) _holders[digest] = _holders.GetValueOrDefault(digest) + 1;
    }

    /// <summary>Reads all that is held, and deletes what is not: uploads and layers that a killed sandbox did not end.</summary>
    /// <exception cref="PizzaException"><c>InvalidState</c>: one is not there, or is another.</exception>
    public void Verify()
    {
        Digest[] wrong = [.. _holders.Keys.AsParallel().Where(d => !IsWhole(d))];
        if (wrong.Length > 0)
            throw StateFolder.Damaged($"the layer {wrong.MinBy(d => d.Value)} is missing from '{Folder}', or has other bytes");
        HashSet<string> held = [.. _holders.Keys.Select(d => d.Hex)];
        foreach (string file in Directory.EnumerateFiles(Folder))
            if (!held.Contains(Path.GetFileName(file))) File.Delete(file);
    }

    /// <summary>Makes a finished upload a blob, held by one repository more.</summary>
    public void Commit(Upload upload, Digest digest)
    {
        lock (_gate)
        {
            if (_holders.TryGetValue(digest, out int holders)) upload.Dispose();
            else Storage.Guard(Folder, () => upload.MoveTo(FileOf(digest)));
            _holders[digest] = holders + 1;
        }
    }

    /// <summary>Makes bytes a blob, held by one repository more.</summary>
    public void Take(Digest digest, byte[] content)
    {
        if (Share(digest) is not null) return;
        Upload upload = Begin();
        upload.Append(content);
        upload.Seal();
        Commit(upload, digest);
    }

    /// <summary>All of a blob.</summary>
    public byte[] ReadAll(Digest digest) => File.ReadAllBytes(FileOf(digest));

    /// <summary>One repository more holds a blob. Answers its size, or null when none held it.</summary>
    public long? Share(Digest digest)
    {
        lock (_gate)
        {
            if (!_holders.TryGetValue(digest, out int holders)) return null;
            _holders[digest] = holders + 1;
            return new FileInfo(FileOf(digest)).Length;
        }
    }

    /// <summary>A repository lets go of a blob; the last one takes it from the disk.</summary>
    public void Release(Digest digest)
    {
        lock (_gate)
        {
            if (--_holders[digest] > 0) return;
            _holders.Remove(digest);
            File.Delete(FileOf(digest));
        }
    }

    public FileStream Open(Digest digest) =>
        new(FileOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    public void Dispose()
    {
        if (_lock is null) return;
        _lock.Dispose();
        Delete(Folder);
    }

    private bool IsWhole(Digest digest)
    {
        try
        {
            using FileStream file = Open(digest);
            return Digest.FromHash(SHA256.HashData(file)) == digest;
        }
        catch (IOException) { return false; }
    }

    private string FileOf(Digest digest) => Path.Combine(Folder, digest.Hex);

    /// <summary>Deletes what a killed process left: a folder whose lock nobody holds.</summary>
    private static void SweepAbandoned()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            // Between the making of a lock file and its being locked lies a moment in which its folder looks abandoned.
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) < s_youth) continue;
            try
            {
                using FileStream free = new(Path.Combine(folder, LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { continue; }   // in use, or another user's
            Delete(folder);
        }
    }

    private static void Delete(string folder)
    {
        try { Directory.Delete(folder, recursive: true); }
        // Windows: a client is still reading; the next start sweeps it
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
