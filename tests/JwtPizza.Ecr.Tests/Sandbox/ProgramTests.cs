using System.Diagnostics;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The sandbox as a program of its own.</summary>
public sealed class ProgramTests
{
    private static readonly string s_program = typeof(EcrSandbox).Assembly.Location;

    [Fact]
    public async Task It_prints_the_variables_to_set_and_ends_on_SIGTERM_leaving_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(60));
        DirectoryInfo temp = Directory.CreateTempSubdirectory("pizza-program-");
        ProcessStartInfo start = new("dotnet", [s_program, "--region", "eu-west-1", "--registry-id", "000000000001"]) { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temp.FullName;
        using Process program = Process.Start(start)!;
        try
        {
            Dictionary<string, string> variables = [];
            while (variables.Count < 4 && await program.StandardOutput.ReadLineAsync(soon.Token) is { } line)
                if (line.Split(' ', '=') is ["export", var name, var value]) variables[name] = value;
            Assert.Equal("eu-west-1", variables["AWS_REGION"]);
            using HttpClient http = new();
            using HttpResponseMessage answer = await http.GetAsync(variables["AWS_ENDPOINT_URL"] + "/v2/", soon.Token);
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.Single(temp.GetDirectories("jwtpizza-sandbox-*"));
            await Peer.RunAsync("kill", ["-TERM", $"{program.Id}"], new Dictionary<string, string>());
            await program.WaitForExitAsync(soon.Token);
            Assert.Equal(0, program.ExitCode);
            Assert.Empty(temp.GetDirectories("jwtpizza-sandbox-*"));
        }
        finally
        {
            if (!program.HasExited) program.Kill(entireProcessTree: true);
            temp.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("'--stat' is not an option", "--stat", "here")]
    [InlineData("'x' is not a port", "--port", "x")]
    [InlineData("'--port' is the last word", "--port")]
    [InlineData("12 digits", "--registry-id", "1")]
    public async Task A_wrong_option_is_named_and_the_right_ones_are_told(string words, params string[] arguments)
    {
        (int exit, _, string errors) = await Peer.RunAsync("dotnet", [s_program, .. arguments], new Dictionary<string, string>());
        Assert.Equal(1, exit);
        Assert.Contains(words, errors, StringComparison.Ordinal);
    }
}
