using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>
/// The folder of a distribution. Its hidden .dockerignore lists the files that are ours, and keeps itself out of the image: so a folder
/// with anything else in it is known, and not deleted by mistake.
/// </summary>
internal sealed class DistFolder(string path)
{
    private const string List = ".dockerignore";
    private const string FirstLine =
        "# Written by New-PizzaDist, which replaces this folder as a whole. These files are its own; " +
        "docker leaves this list out of the image.";

    private string Parent => Path.GetDirectoryName(path)!;

    /// <summary>Refuses to replace what is not ours.</summary>
    /// <exception cref="PizzaException"><c>InvalidDestination</c>, <c>DestinationIsLink</c>, <c>DestinationNotOurs</c>.</exception>
    public void CheckReplaceable(string source, bool force)
    {
        if (Path.GetDirectoryName(path) is null || RealPath.IsWithin(path, source))
            throw Refused("InvalidDestination", "is the source folder or contains it", "Name a folder of its own, for example 'dist'");
        if (new DirectoryInfo(path).LinkTarget is { } target)
            throw Refused("DestinationIsLink", $"is a link to '{target}'", "Delete the link, or name the folder itself as -Destination");
        if (File.Exists(path)) throw Refused("InvalidDestination", "is a file", "Delete it, or name another folder as -Destination");
        if (!Directory.Exists(path) || force) return;
        string[] unknown = [.. UnknownFiles()];
        if (unknown.Length > 0) throw Refused("DestinationNotOurs",
            $"contains {(unknown.Length == 1 ? "a file" : $"{unknown.Length} files")} that New-PizzaDist did not write: " +
            $"{string.Join(", ", unknown.Take(3))}{(unknown.Length > 3 ? " …" : "")}",
                "Move them away, name another folder as -Destination, or have the whole folder replaced with -Force");
    }

    /// <summary>Makes the folder beside its place and then swaps it in: what was there stays until all is done, and stays when anything
    /// goes wrong.</summary>
    /// <param name="fill">Writes the files below the path that it is given, and returns their names.</param>
    /// <param name="warning">Told when the old folder could not be deleted.</param>
    public async Task ReplaceAsync(Func<string, Task<IEnumerable<string>>> fill, IProgress<string>? warning)
    {
        Directory.CreateDirectory(Parent);
        using ShortLivedFolder next = ShortLivedFolder.CreateIn(Parent, Beside("new"));
        IEnumerable<string> names = await fill(next.Path).ConfigureAwait(false);
        await File.WriteAllLinesAsync(Path.Combine(next.Path, List), [FirstLine, .. names.Select(name => $"# {Line(name)}"), List],
            CancellationToken.None).ConfigureAwait(false);
        string old = Path.Combine(Parent, Beside("old") + Path.GetRandomFileName());
        bool wasThere = Directory.Exists(path);
        if (wasThere) Directory.Move(path, old);
        next.Release();
        try { Directory.Move(next.Path, path); }
        catch
        {
            if (Directory.Exists(next.Path)) Directory.Delete(next.Path, recursive: true);
            if (wasThere) Directory.Move(old, path);
            throw;
        }
        if (wasThere) Delete(old, warning);
    }

    private IEnumerable<string> UnknownFiles()
    {
        string list = Path.Combine(path, List);
        string[] lines = File.Exists(list) && new FileInfo(list).LinkTarget is null ? File.ReadAllLines(list) : [];
        HashSet<string> ours = lines is [FirstLine, ..] ? [.. lines.Skip(1).Select(l => l.TrimStart('#', ' ')), List] : [];
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        return new DirectoryInfo(path).EnumerateFileSystemInfos("*", all)
            .Where(i => i is FileInfo || i.LinkTarget is not null)
            .Select(i => Path.GetRelativePath(path, i.FullName).Replace('\\', '/'))
            .Where(name => !ours.Contains(Line(name))).Order(StringComparer.Ordinal);
    }

    private string Beside(string word) => $".{Path.GetFileName(path)}-{word}-";

    private static string Line(string name) =>
        name.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    private static void Delete(string old, IProgress<string>? warning)
    {
        try { Directory.Delete(old, recursive: true); }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException)
            {
                warning?.Report($"The old folder could not be deleted and is now called '{old}': {e.Message}");
            }
    }

    private PizzaException Refused(string id, string problem, string next) =>
        new(id, PizzaErrorKind.InvalidOperation, $"'{path}' {problem}, so it is not replaced. {next}.", path);
}
