using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>examples/quickstart.cs, with stand-ins for what it starts.</summary>
public sealed class QuickstartTests
{
    private static readonly string s_exercise = RepositoryRoot.File("examples", "jwt-pizza.ps1");

    [Fact]
    public async Task It_restores_PowerShell_builds_the_module_and_runs_the_exercise()
    {
        using FakeProgram dotnet = new("dotnet", """echo "$@" >> "$here/log"; [ "$1" = pwsh ] && exit 7; exit 0""");
        (int exitCode, _, string errors) = await RunAsync(dotnet);
        Assert.Equal((7, ""), (exitCode, errors));
        Assert.Equal(["tool restore", "build src/JwtPizza.Ecr.Cmdlets --nologo --verbosity quiet", $"pwsh -NoProfile -File {s_exercise}"],
            dotnet.Read("log").TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Without_a_network_it_says_what_was_tried_and_how_to_use_an_installed_PowerShell()
    {
        using FakeProgram dotnet = new("dotnet", "echo 'error NU1301: Unable to load the service index' >&2; exit 1");
        (int exitCode, _, string errors) = await RunAsync(dotnet);
        Assert.Equal(1, exitCode);
        Assert.Contains("'dotnet tool restore'", errors, StringComparison.Ordinal);
        Assert.Contains("NU1301", errors, StringComparison.Ordinal);
        Assert.Contains("dotnet run examples/quickstart.cs -- --pwsh", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_is_shown()
    {
        using FakeProgram dotnet = new("dotnet", """[ "$1" = build ] && { echo 'error CS1002: ; expected'; exit 1; }; exit 0""");
        (int exitCode, _, string errors) = await RunAsync(dotnet);
        Assert.Equal(1, exitCode);
        Assert.Contains("CS1002", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7.4.0", 7)]
    [InlineData("7.6.0-preview.3", 7)]
    [InlineData("7.3.11", 1)]
    [InlineData("what?", 1)]
    public async Task An_installed_PowerShell_is_used_when_it_is_new_enough(string version, int expected)
    {
        using FakeProgram dotnet = new("dotnet", "exit 0");
        string pwsh = dotnet.Write("pwsh", $"#!/bin/sh\ncase \"$2\" in -Command) echo '{version}';; -File) exit 7;; esac\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(pwsh, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (int exitCode, _, string errors) = await RunAsync(dotnet, "--pwsh");
        Assert.Equal(expected, exitCode);
        if (expected == 7) Assert.Empty(errors);
        else Assert.Contains(version, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "'nosuch'", "--pwsh", "nosuch")]
    [InlineData(2, "Usage: dotnet run examples/quickstart.cs", "--psh")]
    public async Task What_cannot_be_run_is_refused_with_the_next_step(int expected, string says, params string[] arguments)
    {
        using FakeProgram dotnet = new("dotnet", "exit 0");
        (int exitCode, _, string errors) = await RunAsync(dotnet, arguments);
        Assert.Equal(expected, exitCode);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(FakeProgram first, params string[] arguments) =>
        Peer.RunAsync(
        "dotnet", ["run", RepositoryRoot.File("examples", "quickstart.cs"), "--", .. arguments],
        new Dictionary<string, string>
        {
            ["PATH"] = first.Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"), ["DOTNET_NOLOGO"] = "1",
        }, Hang.Limit * 3);
}
