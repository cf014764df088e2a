using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>Where the sources lie, whatever the tests' working directory is.</summary>
internal static class RepositoryRoot
{
    public static string Folder { get; } = Find();

    public static string File(params string[] parts) => Path.GetFullPath(Path.Combine([Folder, .. parts]));

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
