using System.Reflection;
using System.Runtime.Loader;

namespace JwtPizza.Ecr;

/// <summary>
/// Where everything of the module but this assembly is loaded: a context of its own, so that a session which already holds
/// AWS.Tools with another AWSSDK.Core keeps its version and we keep ours.
/// </summary>
public sealed class LoadContext : AssemblyLoadContext
{
    private static readonly string s_folder = Path.GetDirectoryName(typeof(LoadContext).Assembly.Location)!;   // before s_only, which uses it
    private static readonly LoadContext s_only = new();

    private LoadContext() : base("JwtPizza.Ecr") { }

    /// <summary>The assembly that holds the cmdlets; the module script imports it.</summary>
    public static Assembly Cmdlets => s_only.LoadFromAssemblyName(new AssemblyName("JwtPizza.Ecr.Cmdlets"));

    /// <summary>Finds an assembly in the module's private folder; anything else comes from the default context.</summary>
    /// <param name="assemblyName">The assembly asked for.</param>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(s_folder, "private", assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
