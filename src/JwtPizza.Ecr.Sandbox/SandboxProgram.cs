using System.Runtime.InteropServices;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>The sandbox as a program, for users without PowerShell: runs until Ctrl+C or SIGTERM.</summary>
internal static class SandboxProgram
{
    private const int Succeeded = 0, Failed = 1;

    public static async Task<int> Main(string[] args)
    {
        if (args is ["--help" or "-h" or "-?"]) return Print(ProgramOptions.Usage);
        if (args is ["--version"]) return Print(typeof(SandboxProgram).Assembly.GetName().Version!.ToString(3));
        ProgramOptions? options = null;
        try
        {
            options = ProgramOptions.Parse(args);
            await RunAsync(options).ConfigureAwait(false);
            return Succeeded;
        }
        catch (PizzaException e)
        {
            await Console.Error.WriteLineAsync(e.ErrorId == "PortInUse" ? PortInUse(options!.Sandbox.Port, e) : e.Message)
                .ConfigureAwait(false);
            return Failed;
        }
    }

    private static async Task RunAsync(ProgramOptions options)
    {
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using EcrSandbox sandbox = EcrSandbox.Start(options.Sandbox);
        Dictionary<string, string> variables = Variables(sandbox, options.Run);
        Print(options.IsJson ? JsonSerializer.Serialize(variables) : Script(sandbox.Info, variables));
        await stop.Task.ConfigureAwait(false);
    }

    /// <summary>All that leads clients here: the AWS tools, what asks GitHub, and what signs in as a job of GitHub Actions.</summary>
    private static Dictionary<string, string> Variables(EcrSandbox sandbox, GitHubTokenRequest run)
    {
        Dictionary<string, string> all = new(sandbox.Info.EnvironmentVariables) { ["GITHUB_API_URL"] = sandbox.Info.GitHubApiUrl };
        foreach ((string name, string value) in sandbox.ActionsVariables(run)) all[name] = value;
        return all;
    }

    private static string Script(SandboxInfo info, Dictionary<string, string> variables) => string.Join(Environment.NewLine,
    [
        $"# The sandbox listens at {info.EndpointUrl}. Set these where the AWS CLI, boto3 or Terraform runs; Ctrl+C ends it.",
        .. variables.Select(v => OperatingSystem.IsWindows() ? $"$env:{v.Key} = '{v.Value}'" : $"export {v.Key}={Quoted(v.Value)}"),
        $"# Faults, the call log, the clock and GitHub's tokens: {info.EndpointUrl}/_sandbox/ (see docs/sandbox.md).",
    ]);

    /// <summary>A value as a shell takes it: quoted where it has a character that may be the shell's own.</summary>
    private static string Quoted(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or ':' or '.' or '_' or '-' or '+' or '=')
            ? value : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string PortInUse(int port, PizzaException e) =>
        $"pizza-sandbox cannot listen on port {port} of 127.0.0.1: {e.InnerException?.Message.TrimEnd('.')}. " +
        "Choose another one with --port, or leave --port out to use a free one.";

    private static int Print(string text)
    {
        Console.WriteLine(text);
        return Succeeded;
    }
}
