using System.Text;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Sets secrets of GitHub repositories, through <c>gh</c>, which encrypts them before they leave the machine.</summary>
internal sealed class WorkflowSecretService
{
    private const int NotLoggedIn = 4;   // gh's exit code: https://cli.github.com/manual/gh_help_exit-codes

    private readonly GhProgram _gh;

    /// <summary>With the gh of this machine.</summary>
    public WorkflowSecretService() : this(new GhProgram()) { }

    internal WorkflowSecretService(GhProgram gh) => _gh = gh;

    /// <summary>Sets a secret; the value goes to gh's input and nowhere else.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="name">The secret's name.</param>
    /// <param name="value">Its value. gh takes line breaks off its end.</param>
    /// <param name="environment">The deployment environment that it is for; null is the whole repository.</param>
    /// <param name="cancellationToken">Ends gh.</param>
    /// <exception cref="PizzaException"><c>InvalidSecretName</c>, <c>InvalidSecretValue</c>, <c>GhNotFound</c>, <c>GhNotLoggedIn</c>,
    /// <c>GitHubRefused</c>, <c>GitHubUnavailable</c>.</exception>
    public async Task<WorkflowSecret> SetAsync(
        GitHubRepository repository, string name, HiddenText value, string? environment, CancellationToken cancellationToken)
    {
        WorkflowSecret secret =
            new() { Repository = repository.ToString(), Name = WorkflowSecret.CheckName(name), Environment = environment };
        CheckValue(secret, value);
        ProgramExit exit =
            await _gh.RunAsync(
                new(["secret", "set", secret.Name, $"--repo={secret.Repository}",
                    .. environment is null ? Array.Empty<string>() : [$"--env={environment}"]])
        {
            StandardInput = value.Memory, Environment = GhProgram.Quietly,
        }, cancellationToken).ConfigureAwait(false);
        return exit.Code == 0 ? secret : throw Failure(secret, exit);
    }

    private static void CheckValue(WorkflowSecret secret, HiddenText value)
    {
        if (value.Value.TrimEnd("\r\n").IsEmpty) throw WorkflowErrors.InvalidSecretValue(
            secret.Name, PizzaErrorKind.InvalidArgument, "is empty",
            "Give a text, a SecureString, or 'env:NAME' for an environment variable.");
        if (Encoding.UTF8.GetByteCount(value.Value) is var bytes and > WorkflowSecret.MaximumBytes) throw WorkflowErrors.InvalidSecretValue(
            secret.Name, PizzaErrorKind.LimitExceeded, $"has {bytes:N0} bytes; GitHub accepts at most {WorkflowSecret.MaximumBytes:N0}",
            "Encrypt a larger one into a file of the repository, and make its key the secret.");
    }

    private static PizzaException Failure(WorkflowSecret secret, ProgramExit exit)
    {
        string words = exit.Errors.Trim(),
            where = secret.Environment is null ? secret.Repository : $"the environment '{secret.Environment}' of {secret.Repository}";
        (string id, PizzaErrorKind kind, string message) = words switch
        {
            _ when exit.Code == NotLoggedIn || Says("gh auth login") || Says("HTTP 401") => ("GhNotLoggedIn", PizzaErrorKind.Authentication,
                "gh is not logged in to GitHub. Run 'gh auth login', or set GH_TOKEN to a token that can write secrets."),
            _ when Says("HTTP 404") => ("GitHubRefused", PizzaErrorKind.NotFound, $"GitHub does not find {where}, or you are not allowed " +
                "to write secrets there. Check the name; a fine-grained token needs the permission 'Secrets: " +
                $"write'{(secret.Environment is null ? "" : ", and the environment must exist (Settings > Environments)")}."),
            _ when Says("HTTP 403") => ("GitHubRefused", PizzaErrorKind.PermissionDenied, "You are not allowed to write secrets of " +
                $"{where}. " +
                "You need to be its admin or collaborator, and your token needs the scope 'repo' or the permission 'Secrets: write'."),
            _ when Says("error connecting") || Says("dial tcp") || Says("HTTP 5") => ("GitHubUnavailable", PizzaErrorKind.Unavailable,
                "GitHub cannot be reached. Check the network and https://www.githubstatus.com, and try again."),
            _ => ("GhFailed", PizzaErrorKind.OperationFailed,
                $"gh could not set the secret {secret.Name} of {where} (exit code {exit.Code}). Its output says why."),
        };
        return new(id, kind, words.Length == 0 ? message : $"{message}\ngh says:\n  {words.ReplaceLineEndings("\n  ")}", secret.Name);

        bool Says(string text) => words.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
