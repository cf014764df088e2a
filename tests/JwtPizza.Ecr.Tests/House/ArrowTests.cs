using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>Cmdlets → Services → JwtPizza.Ecr ← Sandbox, and Cmdlets start the Sandbox. Nothing else.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("JwtPizza.Ecr")]
    [InlineData("JwtPizza.Ecr.Services", "JwtPizza.Ecr", "AWSSDK.", "YamlDotNet")]
    [InlineData("JwtPizza.Ecr.Sandbox", "JwtPizza.Ecr")]
    [InlineData("JwtPizza.Ecr.Cmdlets", "JwtPizza.Ecr", "JwtPizza.Ecr.Services", "JwtPizza.Ecr.Sandbox", "System.Management.Automation")]
    public void Each_project_knows_only_what_the_house_allows(string project, params string[] allowed)
    {
        string[] strangers = [.. Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => !allowed.Any(a => a.EndsWith('.') ? name.StartsWith(a, StringComparison.Ordinal) : name == a))
            .Where(name => !IsOfTheFramework(name))];
        Assert.Empty(strangers);
    }

    [Theory]
    [InlineData("JwtPizza.Ecr.Services", "*.cs", "Internal", "Runtime.cs")]
    public void Only_one_file_touches_the_internal_namespaces_of_the_sdk(string project, string pattern, string word, string file)
    {
        string[] touching = [.. Directory.EnumerateFiles(Path.Combine(Root(), "src", project), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar))
            .Where(f =>
                File.ReadLines(f).Any(l => l.Contains("Amazon.", StringComparison.Ordinal) && l.Contains(word, StringComparison.Ordinal)))
            .Select(f => Path.GetFileName(f)!).Where(f => f != file)];
        Assert.Empty(touching);
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    private static bool IsOfTheFramework(string name) =>
        name != "System.Management.Automation"
            && (name.StartsWith("System.", StringComparison.Ordinal) || name is "System" or "netstandard" or "Microsoft.Win32.Primitives");
}
