using System.Diagnostics;
using System.Text.Json;
using JwtPizza.Ecr.Tests.Sandbox;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>Somebody else's client (AWS CLI, a Python script with boto3), led to a sandbox and nowhere else.</summary>
internal static class Peer
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);
    private static readonly Lazy<Task<bool>> s_cli = new(() => Succeeds("aws", "--version")),
        s_boto3 = new(() => Succeeds("python3", "-c", "import boto3")),
        s_driver = new(() => Succeeds("python3", "-c", "import awscli.clidriver"));

    /// <summary>Runs the AWS CLI, which must succeed, and reads what it prints.</summary>
    public static async Task<JsonElement> Aws(TestSandbox sandbox, params string[] arguments)
    {
        (int exit, string output, string errors) = await TryAws(sandbox, arguments);
        Assert.True(exit == 0, $"aws {string.Join(' ', arguments)}: {errors}");
        return output.Length == 0 ? default : JsonDocument.Parse(output).RootElement;
    }

    public static async Task<(int ExitCode, string Output, string Errors)> TryAws(TestSandbox sandbox, params string[] arguments)
    {
        Assert.SkipUnless(await s_cli.Value, "The AWS CLI is not on this machine.");
        return await RunAsync("aws", [.. arguments, "--output", "json"], Environment(sandbox));
    }

    /// <summary>Runs a Python script with boto3, which must succeed, and reads what it prints.</summary>
    public static async Task<string> Boto3(TestSandbox sandbox, string script)
    {
        Assert.SkipUnless(await s_boto3.Value, "Python with boto3 is not on this machine.");
        (int exit, string output, string errors) = await RunAsync("python3", ["-c", script], Environment(sandbox));
        Assert.True(exit == 0, errors);
        return output;
    }

    /// <summary>Runs a Python script that works with the AWS CLI's driver, and must succeed.</summary>
    public static async Task AwsDriver(TestSandbox sandbox, string script, params (string Name, string Value)[] variables)
    {
        Assert.SkipUnless(await s_driver.Value, "The AWS CLI is not a package of this machine's Python.");
        Dictionary<string, string> environment = Environment(sandbox);
        foreach ((string name, string value) in variables) environment[name] = value;
        (int exit, string output, string errors) = await RunAsync("python3", [script], environment);
        Assert.True(exit == 0, errors + output);
    }

    private static Dictionary<string, string> Environment(TestSandbox sandbox) => new(sandbox.Info.EnvironmentVariables)
    {
        ["AWS_DEFAULT_REGION"] = sandbox.Info.Region, ["AWS_CONFIG_FILE"] = "nonesuch", ["AWS_SHARED_CREDENTIALS_FILE"] = "nonesuch",
        ["AWS_SESSION_TOKEN"] = "", ["AWS_PAGER"] = "", ["AWS_EC2_METADATA_DISABLED"] = "true", ["NO_PROXY"] = "127.0.0.1,localhost",
    };

    /// <summary>Whether the program is there and ends well.</summary>
    public static async Task<bool> Succeeds(string program, params string[] arguments)
    {
        try { return (await RunAsync(program, arguments, new Dictionary<string, string>())).ExitCode == 0; }
        catch (System.ComponentModel.Win32Exception) { return false; }
    }

    /// <summary>Runs a program to its end. A variable without a value is taken out of its environment.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan? patience = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(patience ?? s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token),
                errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally { if (!process.HasExited) process.Kill(entireProcessTree: true); }
    }
}
