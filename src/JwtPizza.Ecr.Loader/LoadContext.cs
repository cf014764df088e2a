using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace JwtPizza.Ecr;

/// <summary>
/// Loads the module's assemblies: the types that users hold into the default context, everything else into a context of its own, so that a
/// session that already holds AWS.Tools with another AWSSDK.Core keeps its version and the module keeps its own.
/// </summary>
/// <remarks>
/// <c>bin/net8.0</c> holds IL for every platform. A package also holds <c>bin/net10.0-OS-ARCHITECTURE</c>: the same assemblies with native
/// code for .NET 10, which starts faster. An assembly that is not there comes from <c>bin/net8.0</c>.
/// </remarks>
public sealed class LoadContext : AssemblyLoadContext
{
    private const string Types = "JwtPizza.Ecr", Private = "private";
    private static readonly string s_bin = Path.GetDirectoryName(typeof(LoadContext).Assembly.Location)!;
    private static readonly string[] s_folders = Folders();   // before s_only, which uses it
    private static readonly LoadContext s_only = new();
    private readonly Assembly _types;

    private LoadContext() : base(Types) => _types = Default.LoadFromAssemblyPath(Find("", Types)!);

    /// <summary>The assembly that holds the cmdlets.</summary>
    public static Assembly Cmdlets => s_only.LoadFromAssemblyName(new AssemblyName("JwtPizza.Ecr.Cmdlets"));

    /// <summary>Gives the module script the assembly that it imports.</summary>
    /// <param name="moduleFolder">The folder of the module that is imported.</param>
    /// <returns>The assembly that holds the cmdlets.</returns>
    /// <exception cref="InvalidOperationException">The session has already loaded the module from another folder; .NET cannot replace
    /// it.</exception>
    public static Assembly CmdletsOf(string moduleFolder)
    {
        string loaded = Path.GetDirectoryName(s_bin)!;
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (Path.GetFullPath(moduleFolder).Equals(loaded, comparison)) return Cmdlets;
        throw new InvalidOperationException(
            $"This session has already loaded JwtPizza.Ecr from '{loaded}', and .NET cannot replace it by the one in '{moduleFolder}'. " +
            $"Start a new PowerShell session, then run: Import-Module '{moduleFolder.Replace("'", "''", StringComparison.Ordinal)}'");
    }

    /// <summary>Finds an assembly in the module's private folder; anything else comes from the default context.</summary>
    /// <param name="assemblyName">The assembly asked for.</param>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Types ? _types : Find(Private, assemblyName.Name!) is { } path ? LoadFromAssemblyPath(path) : null;

    private static string? Find(string kind, string name)
    {
        foreach (string folder in s_folders)
        {
            string path = Path.Combine(folder, kind, name + ".dll");
            if (File.Exists(path)) return path;
        }
        return null;
    }

    // Native code for one major version of .NET is of no use to an older one, nor is code for glibc to musl.
    private static string[] Folders()
    {
        string portable = Path.Combine(s_bin, "net8.0");
        return Environment.Version.Major >= 10 && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? [Path.Combine(s_bin, $"net10.0-{SystemName()}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"),
                portable]
            : [portable];
    }

    private static string SystemName() => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
}
