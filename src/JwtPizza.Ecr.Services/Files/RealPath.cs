namespace JwtPizza.Ecr.Services.Files;

/// <summary>Where a path really leads, every link on the way followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;   // as Linux: beyond it is a circle

    /// <summary>Follows all links; null where they lead nowhere or in a circle.</summary>
    public static string? Of(string path)
    {
        Stack<string> left = new(Parts(path).AsEnumerable().Reverse());
        string real = Path.GetPathRoot(path)!;
        for (int links = 0; left.TryPop(out string? part);)
        {
            string next = Path.GetFullPath(Path.Combine(real, part));
            if (!Path.Exists(next) && new FileInfo(next).LinkTarget is null) return null;
            if (new FileInfo(next).LinkTarget is not { } target) { real = next; continue; }
            if (++links > MostLinks) return null;
            if (Path.IsPathRooted(target)) real = Path.GetPathRoot(target)!;
            foreach (string piece in Parts(target).AsEnumerable().Reverse()) left.Push(piece);
        }
        return real;
    }

    /// <summary>Whether a path is this folder or in it.</summary>
    public static bool IsWithin(string folder, string path) =>
        path.Equals(folder, Comparison)
            || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, Comparison);

    private static StringComparison Comparison => OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private static string[] Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..]
            .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
