using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Programs;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>The logins that docker has for registries, where docker itself looks for them: a helper, config.json,
/// DOCKER_AUTH_CONFIG.</summary>
/// <param name="user">The user's settings.</param>
internal sealed class DockerCredentials(UserDockerFolder user)
{
    // docker's own name for its registry in settings and helpers: https://docs.docker.com/reference/cli/docker/login/
    private const string DockerIo = "docker.io", DockerIoKey = "https://index.docker.io/v1/";

    /// <summary>The login to a host; null when docker has none. Where docker keeps a token that is changed for others, the user is
    /// <c>&lt;token&gt;</c>.</summary>
    /// <exception cref="PizzaException"><c>CredentialHelperMissing</c>, <c>CredentialHelperFailed</c>,
    /// <c>CredentialHelperNotStartable</c>.</exception>
    public async Task<RegistryLogin?> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (Entry(user.LoginsOfTheEnvironment(), host) is { } given) return given;
        return user.HelperOf(host) is { } helper
            ? await AskAsync(helper, host, cancellationToken).ConfigureAwait(false) : Entry(user.Settings()["auths"] as JsonObject, host);
    }

    private static RegistryLogin? Entry(JsonObject? auths, string host)
    {
        JsonNode? entry = auths
            ?.FirstOrDefault(a => PrivateDockerConfig.HostOf(a.Key) == host || (host == DockerIo && a.Key == DockerIoKey)).Value;
        if (entry is not JsonObject login) return null;
        if ((string?)login["identitytoken"] is { Length: > 0 } token)
            return new("<token>", token, DateTimeOffset.MaxValue, $"https://{host}");
        return (string?)login["auth"] is { Length: > 0 } auth
            ? RegistryLogin.Decode(auth, DateTimeOffset.MaxValue, $"https://{host}") : null;
    }

    // https://github.com/docker/docker-credential-helpers#development
    private static async Task<RegistryLogin?> AskAsync(string helper, string host, CancellationToken cancellationToken)
    {
        ProgramCall call = new(["get"]) { StandardInput = (host == DockerIo ? DockerIoKey : host).AsMemory() };
        ProgramExit exit = await new Helper(helper).RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (exit.Code != 0)
            return exit.Output.Contains("not found", StringComparison.OrdinalIgnoreCase)
                || exit.Errors.Contains("not found", StringComparison.OrdinalIgnoreCase) ? null : throw Failed(helper, host);
        try
        {
            JsonNode? said = JsonNode.Parse(exit.Output);
            return (string?)said?["Username"] is { } name && (string?)said["Secret"] is { Length: > 0 } secret
                ? new(name, secret, DateTimeOffset.MaxValue, $"https://{host}") : null;
        }
        // without e: it may quote the secret
        catch (Exception e) when (e is JsonException or InvalidOperationException) { throw Failed(helper, host); }
    }

    private static PizzaException Failed(string helper, string host) => new("CredentialHelperFailed", PizzaErrorKind.Authentication,
        $"The credential helper 'docker-credential-{helper}' of docker's settings does not give the login to {host}. " +
        $"Try 'docker login {host}'.", host);

    private sealed class Helper(string name) : ChildProgram($"docker-credential-{name}", null, null)
    {
        protected override PizzaException NotFound => DockerLogins.HelperMissing(
            $"docker's settings name the credential helper '{name}', and there is no 'docker-credential-{name}' on the PATH. " +
            "Install it, or remove it from credsStore or credHelpers.", name);

        protected override PizzaException NotStartable(string file, Win32Exception inner) =>
            new("CredentialHelperNotStartable", PizzaErrorKind.OperationFailed,
            $"The credential helper '{file}' could not be started: {inner.Message}. Check that you can run it.", file, inner);
    }
}
