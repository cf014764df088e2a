using System.Globalization;
using System.Runtime.InteropServices;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>The sandbox as a program, for users without PowerShell: runs until Ctrl+C or SIGTERM.</summary>
internal static class SandboxProgram
{
    private const string Usage = """
        A local ECR (also Public), IAM, STS, ECS and container registry. Options:
          --port N           the port on 127.0.0.1 and localhost; default: a free one
          --region NAME      the region of calls that name none; default: us-east-1
          --registry-id ID   the account to play, 12 digits; default: 123456789012
          --now TIME         what its clock shows at the start, for example 2026-03-01T00:00:00Z
          --state DIR        a folder that keeps everything over a restart, also after a kill; default: all goes with the program
          --enforce          hold calls with temporary credentials against the policies of their role
          --empty            without the role github-ci, the policy jwt-pizza-ci-deployment and the service jwt-pizza-service
        While it runs, requests to /_sandbox/ set faults, read the call log, move the clock and make GitHub's tokens: docs/sandbox.md.
        """;

    public static async Task<int> Main(string[] args)
    {
        if (args is ["--help" or "-h"])
        {
            Console.WriteLine(Usage);
            return 0;
        }
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using EcrSandbox sandbox = EcrSandbox.Start(Options(args));
            Console.WriteLine($"# The sandbox listens at {sandbox.Info.EndpointUrl}. Set these where the AWS CLI, boto3 or Terraform runs; Ctrl+C ends it.");
            foreach ((string name, string value) in sandbox.Info.EnvironmentVariables)
                Console.WriteLine(OperatingSystem.IsWindows() ? $"$env:{name} = '{value}'" : $"export {name}={value}");
            Console.WriteLine($"# Faults, the call log, the clock and GitHub's tokens: {sandbox.Info.EndpointUrl}/_sandbox/ (docs/sandbox.md tells how).");
            await stop.Task.ConfigureAwait(false);
            return 0;
        }
        catch (PizzaException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static SandboxOptions Options(string[] args)
    {
        SandboxOptions options = new();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] is "--empty" or "--enforce")
            {
                options = args[i] == "--empty" ? options with { Empty = true } : options with { Enforce = true };
                continue;
            }
            string option = args[i], value = ++i < args.Length ? args[i] : throw Wrong($"'{option}' is the last word, and no option that stands alone", option);
            options = With(options, option, value);
        }
        return options;
    }

    private static SandboxOptions With(SandboxOptions options, string option, string value) => option switch
    {
        "--port" => options with { Port = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue ? port : throw Wrong($"'{value}' is not a port", value) },
        "--region" => options with { Region = value },
        "--registry-id" => options with { RegistryId = value },
        "--state" => options with { StatePath = value.Length > 0 ? value : throw Wrong("'' is not a folder", value) },
        "--now" => options with
        {
            Now = DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset now) ? now : throw Wrong($"'{value}' is not a time", value),
        },
        _ => throw Wrong($"'{option}' is not an option", option),
    };

    private static PizzaException Wrong(string what, string value) => new("InvalidArgument", PizzaErrorKind.InvalidArgument, $"{what}.\n{Usage}", value);
}
