using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.GitHub;

/// <summary>
/// Asks the runner of GitHub Actions for the token that says which run this is, as the actions toolkit does it:
/// https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
/// </summary>
/// <param name="variable">Reads an environment variable.</param>
internal sealed class ActionsTokenClient(Func<string, string?> variable)
{
    private const string UrlName = "ACTIONS_ID_TOKEN_REQUEST_URL", TokenName = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>Gets a token; it is good for five minutes.</summary>
    /// <param name="audience">Whom it shall be for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>NotInGitHubActions</c>, <c>IdTokenPermissionMissing</c>, <c>ActionsTokenRefused</c>,
    /// <c>ServiceUnreachable</c>.</exception>
    public async Task<string> GetAsync(string audience, CancellationToken cancellationToken)
    {
        (Uri url, string key) = TokenRequest();
        UriBuilder asked = new(url);
        asked.Query = $"{asked.Query.TrimStart('?')}{(asked.Query.Length > 1 ? "&" : "")}audience={Uri.EscapeDataString(audience)}";
        using HttpClient http = new() { Timeout = s_timeout };
        http.DefaultRequestHeaders.UserAgent.Add(new("JwtPizza.Ecr", null));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", key);
        try { return await Retry.Usual.RunAsync(ct => AskAsync(http, asked.Uri, ct), cancellationToken).ConfigureAwait(false); }
        catch (Exception e) when (Retry.IsNetwork(e, cancellationToken))
        {
            throw ErrorCatalog.ServiceUnreachable($"GitHub's token service at {url.Host}",
                $"cannot be reached: {e.GetBaseException().Message.TrimEnd('.')}", "the runner's network and proxy", url.Host, e);
        }
    }

    private (Uri Url, string Key) TokenRequest()
    {
        if (variable(UrlName) is not { Length: > 0 } text || variable(TokenName) is not { Length: > 0 } key)
            throw variable("GITHUB_ACTIONS") == "true" ? PermissionMissing() : NotThere();
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            throw new PizzaException("InvalidTokenRequestUrl", PizzaErrorKind.Configuration,
                $"{UrlName} is '{UrlSecrets.Hide(text)}'. The runner's key goes only to an https address, or to this machine. " +
                "GitHub sets the variable; do not set it by hand.");
        return (url, key);
    }

    private static async Task<string> AskAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await http.GetAsync(url, cancellationToken).ConfigureAwait(false);
        if (Retry.IsWorthIt(answer.StatusCode)) throw new TransientFailure(Refused(answer.StatusCode), answer.Headers.RetryAfter?.Delta);
        if (!answer.IsSuccessStatusCode) throw Refused(answer.StatusCode);
        try
        {
            using JsonDocument json =
                JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            return json.RootElement.GetProperty("value").GetString() is { Length: > 0 } token ? token : throw new KeyNotFoundException();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Refused(PizzaErrorKind.InvalidData,
                $"GitHub's token service at {url.Host} answered without a token. Is there a proxy between?", url.Host);
        }
    }

    private static PizzaException Refused(HttpStatusCode status) => Refused(PizzaErrorKind.PermissionDenied,
        $"GitHub's token service answers {(int)status}. The key in {TokenName} is valid only for this job, while it runs. Request " +
        "the token in the job that uses it.");

    private static PizzaException Refused(PizzaErrorKind kind, string message, string? target = null) =>
        new("ActionsTokenRefused", kind, message, target);

    private static PizzaException PermissionMissing() => new("IdTokenPermissionMissing", PizzaErrorKind.PermissionDenied,
        $"""
        This job may not ask GitHub for a token ({UrlName} is not set). Add this to the job, or to the top of the workflow:

          permissions:
            id-token: write
            contents: read

        Runs of pull requests from forks never may. In a container of the job, both {UrlName} and {TokenName} have to be passed on.
        """);

    private static PizzaException NotThere() => new("NotInGitHubActions", PizzaErrorKind.InvalidOperation,
        $"This is not a job of GitHub Actions: {UrlName} and {TokenName} are not set. Elsewhere, sign in with a profile (-ProfileName, " +
        "'aws sso login'). To try it in the sandbox, take the variables from 'New-PizzaSandboxToken OWNER/NAME -AsVariable'.");
}
