using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// The logins that docker keeps for its user, by <c>docker login</c> and <c>docker logout</c>: where they are kept is the user's choice
/// (credsStore, credHelpers), and docker's to honour. A publish does not use them; see <see cref="PrivateDockerConfig"/>.
/// </summary>
/// <param name="docker">The program.</param>
/// <param name="user">The user's settings.</param>
/// <param name="folder">The folder of settings to use; null for docker's own.</param>
internal sealed class DockerLogins(DockerProgram docker, UserDockerFolder user, string? folder)
{
    private static readonly string[] s_endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];

    // docker's words -> ours; {0} host, {1} where the login is kept, {2} what the pattern caught. First match wins.
    private static readonly (string Pattern, string Id, PizzaErrorKind Kind, string Message)[] s_rows =
    [
        (@"error storing credentials.*exec: ""([^""]+)"": executable file not found", "CredentialHelperMissing", PizzaErrorKind.NotFound,
            "docker's settings name the credential helper '{2}', which is not on the PATH, so the login to {0} could not be stored. " +
            "Install it, remove it from credsStore or credHelpers, or name another folder of settings with -DockerConfig."),
        (@"error storing credentials.*out: `([^`]*)`", "CredentialHelperRefuses", PizzaErrorKind.InvalidOperation,
            "The password is correct, but {1} does not store it: '{2}'. ECR's passwords are longer than some helpers accept (2,500 " +
            "characters on Windows). Name a folder of settings without a helper with -DockerConfig, or use Publish- and Push-PizzaImage, " +
            "which need no login."),
        (@"[Ee]rror saving credentials: ([^\n]+)", "LoginNotStored", PizzaErrorKind.OperationFailed,
            "The password is correct, but docker could not store the login to {0}: {2}. Check the permissions of {1}, or name another " +
            "folder with -DockerConfig."),
        (@"401 Unauthorized|unauthorized|incorrect username or password|403 Forbidden|denied", "RegistryLoginRefused",
            PizzaErrorKind.Authentication,
            "The registry {0} rejected the login that ECR issued for it. Check that the clock of this machine is right, and that account " +
            "and region are those of your credentials."),
        (@"connection refused|no such host|dial tcp|connection reset|i/o timeout|TLS handshake|network is unreachable|Client\.Timeout|\bEOF\b|x509:", "RegistryUnreachable", PizzaErrorKind.Unavailable,
            "docker cannot reach the registry {0}. Check its network, proxy and DNS, and run the command again."),
    ];

    private const string EcrLogin = "ecr-login";

    /// <summary>Logs in. The password goes to docker's input, and nowhere else.</summary>
    /// <exception cref="PizzaException"><c>DockerNotFound</c>, <c>RegistryLoginRefused</c>, <c>RegistryUnreachable</c>,
    /// <c>LoginNotStored</c>, <c>CredentialHelperMissing</c>, <c>CredentialHelperRefuses</c>.</exception>
    public async Task LogInAsync(string host, string userName, string password, CancellationToken cancellationToken)
    {
        if (user.HelperOf(host) == EcrLogin && !IsOnPath($"docker-credential-{EcrLogin}"))
            throw HelperMissing(
                $"docker's settings name the credential helper 'docker-credential-{EcrLogin}' for {host}, which is not on the PATH, so " +
                "docker would push without a login. Install it (https://github.com/awslabs/amazon-ecr-credential-helper), remove it " +
                "from credHelpers or credsStore, or name another folder of settings with -DockerConfig.", host);
        if (user.HelperOf(host) == EcrLogin)
            throw new PizzaException("CredentialHelperRefuses", PizzaErrorKind.InvalidOperation,
                $"docker's settings name the helper 'ecr-login' for {host}: it logs in by itself at each push and keeps no logins, so " +
                "there is nothing to do. Remove it from credHelpers or credsStore to log in here.", host);
        ProgramExit exit =
            await RunAsync(password, cancellationToken, "login", "--username", userName, "--password-stdin", host).ConfigureAwait(false);
        if (exit.Code != 0) throw Failure(host, exit);
    }

    /// <summary>Logs out; no error where docker is not logged in.</summary>
    /// <returns>Whether docker was logged in.</returns>
    /// <exception cref="PizzaException"><c>LogoutFailed</c>: the helper did not give the login away.</exception>
    public async Task<bool> LogOutAsync(string host, CancellationToken cancellationToken)
    {
        bool was = HasLogin(host);
        ProgramExit exit = await RunAsync(null, cancellationToken, "logout", host).ConfigureAwait(false);
        if (exit.Code == 0 && !HasLogin(host)) return was;
        string why = exit.Errors.Trim() is { Length: > 0 } words
            ? $". docker says:\n  {words}" : " and does not say why. Try 'docker logout', or remove it by hand.";
        throw new PizzaException("LogoutFailed", PizzaErrorKind.OperationFailed,
            $"docker could not remove the login to {host} from {StoreOf(host)}{why}", host);
    }

    /// <summary>The error for a helper that docker's settings name and that is not there.</summary>
    internal static PizzaException HelperMissing(string message, string target) =>
        new("CredentialHelperMissing", PizzaErrorKind.NotFound, message, target);

    /// <summary>Whether docker is logged in to a host.</summary>
    public bool HasLogin(string host) => user.HasLogin(host);

    /// <summary>Where docker keeps the login to a host.</summary>
    public string StoreOf(string host) => user.HelperOf(host) is { } helper ? $"docker-credential-{helper}" : user.SettingsFile;

    private Task<ProgramExit> RunAsync(string? input, CancellationToken cancellationToken, params string[] arguments) =>
        docker.RunAsync(new(arguments)
    {
        StandardInput = input.AsMemory(),
        Environment = folder is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["DOCKER_CONFIG"] = folder },
    }, cancellationToken);

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => Array.Exists(s_endings, ending => File.Exists(Path.Combine(folder, program + ending))));

    private PizzaException Failure(string host, ProgramExit exit)
    {
        foreach ((string pattern, string id, PizzaErrorKind kind, string message) in s_rows)
        {
            if (Regex.Match(exit.Errors, pattern, RegexOptions.CultureInvariant) is not { Success: true } match) continue;
            string told = message.Replace("{0}", host, StringComparison.Ordinal).Replace("{1}", StoreOf(host), StringComparison.Ordinal)
                .Replace("{2}", match.Groups[1].Value.TrimEnd('.'), StringComparison.Ordinal);
            return new(id, kind, $"{told}\ndocker says:\n  {exit.Errors.Trim()}", host);
        }
        return DockerErrors.Classify(new() { ExitCode = exit.Code, Text = exit.Errors.Trim(), Host = host, RepositoryName = host }).Error;
    }
}
