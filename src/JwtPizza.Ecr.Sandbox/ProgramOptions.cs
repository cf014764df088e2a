using System.Globalization;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>What the command line of <c>pizza-sandbox</c> asks for.</summary>
internal sealed record ProgramOptions
{
    public const string Usage = """
        Usage: pizza-sandbox [options]

        Runs a local ECR (also Public), IAM, STS, ECS and container registry until Ctrl+C or SIGTERM, and prints the variables that lead the
        AWS CLI, boto3 and Terraform to it.

        Options:
          --port N           the port on 127.0.0.1 and localhost; default: a free one
          --region NAME      the region of calls that name none; default: us-east-1
          --registry-id ID   the account to play, 12 digits; default: 123456789012
          --now TIME         what its clock shows at the start, for example 2026-03-01T00:00:00Z
          --state DIR        a folder that keeps everything over a restart, also after a kill; default: all goes with the program
          --world FILE       what it holds at the start and after a reset: a file that GET /_sandbox/export gave
          --upstream H=P     what stands for the registry H upstream of a pull-through cache: a folder in the OCI layout, or the address of
                             a registry on this machine; can be given for several
          --registry-host H  a host of its own for a registry, 123456789012.dkr.ecr.us-east-1.localhost, where that name leads to this machine;
                             can be given for several
          --enforce          hold every call against the policies of who makes it
          --empty            without the role github-ci, the policy jwt-pizza-ci-deployment and the service jwt-pizza-service
          --repository NAME  the GitHub repository OWNER/NAME whose workflow run the ACTIONS_ variables stand for; default: my-account/jwt-pizza
          --branch NAME      the branch of that run; default: main
          --json             print the variables as one line of JSON instead of shell commands
          --version          print the version and exit
          --help             print this text and exit

        Exit codes: 0 after Ctrl+C, SIGTERM, --help and --version; 1 when it cannot start.
        While it runs, requests to /_sandbox/ set faults, read the call log, move the clock, make GitHub's tokens, explain
        refusals, export, import and reset everything: see docs/sandbox.md.
        """;

    public SandboxOptions Sandbox { get; private init; } = new();

    /// <summary>The workflow run for which the sandbox gives out tokens as GitHub Actions does.</summary>
    public GitHubTokenRequest Run { get; private init; } =
        new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") };

    public bool IsJson { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="PizzaException"><c>InvalidArgument</c>, and those of the values.</exception>
    public static ProgramOptions Parse(IEnumerable<string> arguments)
    {
        ProgramOptions options = new();
        using IEnumerator<string> words = arguments.GetEnumerator();
        while (words.MoveNext()) options = options.With(words.Current, words);
        return options;
    }

    private ProgramOptions With(string option, IEnumerator<string> words) => option switch
    {
        "--empty" => this with { Sandbox = Sandbox with { Empty = true } },
        "--enforce" => this with { Sandbox = Sandbox with { Enforce = true } },
        "--json" => this with { IsJson = true },
        "--port" => this with { Sandbox = Sandbox with { Port = Port(Value(option, words)) } },
        "--region" => this with { Sandbox = Sandbox with { Region = Value(option, words) } },
        "--registry-id" => this with { Sandbox = Sandbox with { RegistryId = Value(option, words) } },
        "--state" => this with { Sandbox = Sandbox with { StatePath = Value(option, words) } },
        "--registry-host" => this with { Sandbox = Sandbox with { RegistryHosts = [.. Sandbox.RegistryHosts, Value(option, words)] } },
        "--world" => this with { Sandbox = Sandbox with { WorldPath = Value(option, words) } },
        "--upstream" => this with { Sandbox = Sandbox with { Upstreams = With(Sandbox.Upstreams, Value(option, words)) } },
        "--now" => this with { Sandbox = Sandbox with { Now = Time(Value(option, words)) } },
        "--repository" => this with { Run = Run with { Repository = GitHubRepository.Parse(Value(option, words)) } },
        "--branch" => this with { Run = Run with { Scope = SubjectScope.Branch(Value(option, words)) } },
        _ => throw Wrong($"'{option}' is not an option", option),
    };

    private static string Value(string option, IEnumerator<string> words) =>
        !words.MoveNext() ? throw Wrong($"'{option}' is the last word, and needs a value", option)
        : words.Current.Length == 0 ? throw Wrong($"The value of '{option}' is empty", option)
        : words.Current;

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> upstreams, string text) =>
        text.Split('=', 2) is [{ Length: > 0 } host, { Length: > 0 } place]
        ? new(upstreams) { [host] = place }
        : throw Wrong($"'{text}' is not an upstream: write it as quay.io=./layout or ghcr.io=127.0.0.1:5000", text);

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue
            ? port
            : throw Wrong($"'{text}' is not a port: it must be a number from 1 to 65535, or 0 for a free one", text);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw Wrong($"'{text}' is not a time: write it as 2026-03-01T00:00:00Z", text);

    private static PizzaException Wrong(string what, string value) =>
        new("InvalidArgument", PizzaErrorKind.InvalidArgument, $"{what}. Run 'pizza-sandbox --help' for the options.", value);
}
