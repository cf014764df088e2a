// The whole exercise on the built-in sandbox, with nothing but the .NET SDK: dotnet run examples/quickstart.cs
// It restores PowerShell as a .NET tool, builds the module and runs examples/jwt-pizza.ps1. With a PowerShell that is installed:
// dotnet run examples/quickstart.cs -- --pwsh [PATH]
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

const string usage = "dotnet run examples/quickstart.cs [-- --pwsh [PATH]]";
string examples = Folder(), root = Path.GetDirectoryName(examples)!;
if (args is not ([] or ["--pwsh"] or ["--pwsh", _])) return Fail($"Unknown arguments: {string.Join(' ', args)}. Usage: {usage}", 2);

string? installed = args switch { [] => null, [_, string path] => path, _ => "pwsh" };
if (await (installed is null ? RestoreAsync() : CheckAsync(installed)) is { } problem) return Fail(problem, 1);

string[] build = ["build", "src/JwtPizza.Ecr.Cmdlets", "--nologo", "--verbosity", "quiet"];
Console.WriteLine($"dotnet {string.Join(' ', build)}");
if (await RunAsync("dotnet", build, quiet: true) is { ExitCode: not 0 } built)
    return Fail(
        $"The module was not built: 'dotnet build' ended with exit code {built.ExitCode}.\n{built.Output}\nThe first build needs access " +
        "to a NuGet feed.", 1);

string[] exercise = ["-NoProfile", "-File", Path.Combine(examples, "jwt-pizza.ps1")];
return (await RunAsync(installed ?? "dotnet", installed is null ? ["pwsh", .. exercise] : exercise, quiet: false)).ExitCode;

// Null when the PowerShell of .config/dotnet-tools.json is there.
async Task<string?> RestoreAsync()
{
    Console.WriteLine("dotnet tool restore");
    (int exitCode, string output) = await RunAsync("dotnet", ["tool", "restore"], quiet: true);
    return exitCode == 0 ? null : $"""
        PowerShell was not restored: 'dotnet tool restore' in {root} ended with exit code {exitCode}.
        {output}
        It downloads the package PowerShell, in the version that .config/dotnet-tools.json names, from the feeds of your NuGet.Config.
        If PowerShell 7.4 or later is installed, use that: dotnet run examples/quickstart.cs -- --pwsh
        """;
}

// Null when this PowerShell can load the module.
async Task<string?> CheckAsync(string pwsh)
{
    const string instead = "To use the PowerShell that the .NET SDK restores, run: dotnet run examples/quickstart.cs";
    (int exitCode, string output) = await RunAsync(pwsh, ["-NoProfile", "-Command", "$PSVersionTable.PSVersion.ToString()"], quiet: true);
    if (exitCode == NotStarted) return $"'{pwsh}' was not found or cannot be started. {instead}";
    if (exitCode != 0 || !Version.TryParse(output.Split('-')[0], out Version? version))
        return $"'{pwsh}' did not give its version: {output}. {instead}";
    return version >= new Version(7, 4)
        ? null : $"'{pwsh}' is PowerShell {output}. JwtPizza.Ecr needs 7.4 or later: https://aka.ms/powershell. {instead}";
}

// Runs a program in the folder of the repository. What it prints is returned when it is quiet, else shown.
async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, bool quiet)
{
    ProcessStartInfo start =
        new(program, arguments) { WorkingDirectory = root, RedirectStandardOutput = quiet, RedirectStandardError = quiet };
    try
    {
        using Process process = Process.Start(start)!;
        string[] texts = quiet ? await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()) : [];
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(texts).Trim());
    }
    catch (Win32Exception e) { return (NotStarted, e.Message); }
}

static int Fail(string problem, int exitCode)
{
    Console.Error.WriteLine(problem);
    return exitCode;
}

static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

internal static partial class Program
{
    private const int NotStarted = -1;
}
