using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
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
        ProcessStartInfo start =
            new("dotnet", [s_program, "--region", "eu-west-1", "--registry-id", "000000000001"]) { RedirectStandardOutput = true };
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

    [Fact]
    public async Task Version_and_help_are_printed_and_are_no_failure()
    {
        (int exit, string output, string errors) =
            await Peer.RunAsync("dotnet", [s_program, "--version"], new Dictionary<string, string>());
        Assert.Equal((0, typeof(EcrSandbox).Assembly.GetName().Version!.ToString(3), ""), (exit, output.Trim(), errors));
        (exit, output, errors) = await Peer.RunAsync("dotnet", [s_program, "--help"], new Dictionary<string, string>());
        Assert.Equal((0, ""), (exit, errors));
        Assert.All(["--port", "--json", "--repository", "--version", "Exit codes"],
            word => Assert.Contains(word, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_it_with_1_and_says_how_to_go_on()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        (int exit, string output, string errors) =
            await Peer.RunAsync("dotnet", [s_program, "--port", $"{port}"], new Dictionary<string, string>());
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains($"port {port} of 127.0.0.1", errors, StringComparison.Ordinal);
        Assert.Contains("--port", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_line_with_every_variable_that_leads_a_client_or_a_job_of_GitHub_Actions_there()
    {
        using CancellationTokenSource soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(60));
        using Process program =
            Process.Start(
                new ProcessStartInfo("dotnet",
                    [s_program, "--json", "--repository", "o/r", "--branch", "next"]) { RedirectStandardOutput = true })!;
        try
        {
            Dictionary<string, string> variables =
                JsonSerializer.Deserialize<Dictionary<string, string>>((await program.StandardOutput.ReadLineAsync(soon.Token))!)!;
            Assert.Equal<string>(
                ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
                    "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "GITHUB_API_URL"],
                variables.Keys.Order(StringComparer.Ordinal));
            using HttpClient http = new();
            Assert.Equal("o/r",
                (string)JsonNode.Parse(await http.GetStringAsync(variables["GITHUB_API_URL"] + "/repos/o/r", soon.Token))!["full_name"]!);
            http.DefaultRequestHeaders.Authorization = new("bearer", variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
            string token = (string)JsonNode.Parse(
                await http.GetStringAsync(variables["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=a", soon.Token))!["value"]!;
            Assert.Equal("repo:o/r:ref:refs/heads/next", (string)JsonNode.Parse(Base64Url.Decode(token.Split('.')[1])!)!["sub"]!);
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}
