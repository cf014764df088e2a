using System.Reflection;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Pester;

/// <summary>
/// One file of the Pester suite, run against the built module in a PowerShell of its own. The build writes a class for each file of
/// tests/Pester, so that xunit runs several at a time and one can be chosen: --filter-class '*Pester.Trust'.
/// </summary>
/// <param name="name">The file.</param>
/// <param name="part">Which part of its tests, for a file that takes minutes, as <c>1/4</c>; null for all.</param>
public abstract partial class PesterFile(string name, string? part = null)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task Passes()
    {
        (_, string output,
            string errors) = await Peer.RunAsync("dotnet", [PowerShell(), "-NoProfile", "-File", Script("run.ps1"), "-Path", Script(name)],
                Environment(part)!, s_limit);
        string shown = $"{output}{errors}".Trim();
        Match counts = Counts().Match(output);
        // Whoever adds up the whole finds the counts here, and only here.
        TestContext.Current.TestOutputHelper!.WriteLine(counts.Success ? shown : $"{shown}\nPester: 0 passed, 1 failed, 0 skipped");
        if (!counts.Success) Assert.Fail(shown);
        if (counts.Groups["failed"].Value != "0") Assert.Fail(shown.Replace(counts.Value, "", StringComparison.Ordinal));
        string[] skipped = [.. output.Split('\n').Where(l => l.StartsWith("skipped: ", StringComparison.Ordinal))];
        if (counts.Groups["passed"].Value == "0") Assert.Skip(string.Join('\n', skipped));
        foreach (string test in skipped) TestContext.Current.AddWarning(test);
    }

    [GeneratedRegex(@"^Pester: (?<passed>\d+) passed, (?<failed>\d+) failed, \d+ skipped\r?$", RegexOptions.Multiline)]
    private static partial Regex Counts();

    private static string Script(string file) => RepositoryRoot.File("tests", "Pester", file);

    private static string PowerShell()
    {
        string package = Part("PowerShell"), system = OperatingSystem.IsWindows() ? "win" : "unix";
        Assert.SkipUnless(Directory.Exists(package), $"{package} is missing: run dotnet restore.");
        return Directory.EnumerateFiles(package, "pwsh.dll", SearchOption.AllDirectories)
            .First(f => Path.GetFileName(Path.GetDirectoryName(f)) == system);
    }

    // Nothing of the user's AWS settings reaches a test; what a test needs beside the module is named here.
    private static Dictionary<string, string?> Environment(string? part)
    {
        Dictionary<string, string?> variables =
            new()
            {
                ["AWS_EC2_METADATA_DISABLED"] = "true", ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["NO_COLOR"] = "1",
                ["DOTNET_TieredPGO"] = "0",   // which pays only in processes that live long
            };
        foreach (string name in System.Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)) variables.TryAdd(name, null);
        variables["PIZZA_TEST_PART"] = part;
        variables["PIZZA_TEST_FOREIGN_SDK"] = Part("ForeignSdk");
        return variables;
    }

    // Where the build found a package that the tests use as it is.
    private static string Part(string name) =>
        typeof(PesterFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;
}
