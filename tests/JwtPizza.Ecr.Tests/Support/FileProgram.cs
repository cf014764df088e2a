using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>A program of one file (<c>dotnet run file.cs</c>), compiled in this process against the assemblies of the tests: a moment
/// instead of a build.</summary>
internal static class FileProgram
{
    private const string Directive = "#:", Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    /// <summary>All of the repository.</summary>
    public static IEnumerable<string> All => ((string[])["examples", "bench", "tests/campaign", "build"])
        .Select(f => RepositoryRoot.File(f)).Where(Directory.Exists)
        .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
        .Where(f => File.ReadLines(f).Any(l => l.StartsWith(Directive, StringComparison.Ordinal)));

    /// <summary>What the program asks of the build: <c>project ../x.csproj</c>, <c>package Name</c>.</summary>
    public static IEnumerable<string[]> Directives(string file) =>
        File.ReadLines(file).Where(l => l.StartsWith(Directive, StringComparison.Ordinal))
            .Select(l => l[Directive.Length..].Split([' ', '=', '@'], 2));

    /// <summary>Compiles it.</summary>
    /// <returns>The assembly, or what is wrong with the program.</returns>
    public static (byte[]? Assembly, IReadOnlyList<string> Errors) Compile(string file)
    {
        CSharpParseOptions options = new(LanguageVersion.Preview);
        string text = string.Join('\n', File.ReadLines(file).Select(l => l.StartsWith(Directive, StringComparison.Ordinal) ? "" : l));
        SyntaxTree[] sources =
            [CSharpSyntaxTree.ParseText(text, options, file, System.Text.Encoding.UTF8), CSharpSyntaxTree.ParseText(Usings, options)];
        CSharpCompilation program =
            CSharpCompilation.Create($"{Path.GetFileNameWithoutExtension(file)}-{Guid.NewGuid():N}", sources, References(),
            new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        using MemoryStream assembly = new();
        var result = program.Emit(assembly);
        return result.Success ? (assembly.ToArray(), [])
            : (null, [.. result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d}")]);
    }

    /// <summary>Runs it, and gives its exit code and what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string file, params string[] arguments)
    {
        (byte[]? assembly, IReadOnlyList<string> errors) = Compile(file);
        Assert.True(assembly is not null, string.Join('\n', errors));
        TextWriter console = Console.Out;
        using StringWriter output = new();
        Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            object? result = Assembly.Load(assembly).EntryPoint!.Invoke(null, [arguments]);
            return (result is Task<int> task ? await task : (int)(result ?? 0), output.ToString());
        }
        finally { Console.SetOut(console); }
    }

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Select(a => MetadataReference.CreateFromFile(a));
}
