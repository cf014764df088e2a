using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace JwtPizza.Ecr.Services.GitHub;

/// <summary>GitHub's REST API, as far as trust needs it. Trouble is an answer, not an exception: GitHub is asked to help, and the caller
/// may know enough without it.</summary>
internal sealed class GitHubApi : IDisposable
{
    private static readonly string[] s_usualTemplate = ["repo", "context"];
    private const int MostRedirects = 5;
    private readonly HttpClient _http;
    private readonly bool _hasToken;
    private string? _down;

    /// <summary>Prepares the calls; sends nothing.</summary>
    /// <param name="url">The address of the API; null takes GITHUB_API_URL, then <c>https://api.github.com</c>.</param>
    /// <param name="token">A token; null takes GITHUB_TOKEN, then GH_TOKEN. It is sent only by https, or to this machine.</param>
    /// <param name="timeout">How long one call may take; null is four seconds.</param>
    public GitHubApi(string? url = null, string? token = null, TimeSpan? timeout = null)
    {
        url ??= Variable("GITHUB_API_URL") ?? "https://api.github.com";
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            (address, _down) = (new Uri("https://api.github.com/"), $"GITHUB_API_URL is not an address: '{UrlSecrets.Hide(url)}'");
        token ??= Variable("GITHUB_TOKEN") ?? Variable("GH_TOKEN");
        // Redirects are followed by SendAsync: the handler would take the token off, and a renamed private repository would look missing.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = address, Timeout = timeout ?? TimeSpan.FromSeconds(4),
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new("JwtPizza.Ecr", null));
        _http.DefaultRequestHeaders.Accept.Add(new("application/vnd.github+json"));
        _http.DefaultRequestHeaders.Add("X-GitHub-Api-Version", "2026-03-10");
        _hasToken = !string.IsNullOrWhiteSpace(token) && (address.Scheme == "https" || address.IsLoopback);
        if (_hasToken) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!.Trim());
    }

    /// <summary>Asks for the numbers of a repository and the subject that it emits. A host that did not answer once is not asked
    /// again.</summary>
    /// <param name="repository">Owner and name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<GitHubAnswer> AskAsync(GitHubRepository repository, CancellationToken cancellationToken)
    {
        (JsonElement about, string? trouble) = await GetAsync($"repos/{repository}", cancellationToken).ConfigureAwait(false);
        if (trouble is not null) return new(null, trouble);
        if (Facts(about) is not { } facts) return new(null, "GitHub's answer holds no numbers of owner and repository");
        (JsonElement subject, trouble) =
            await GetAsync($"repos/{facts.Repository}/actions/oidc/customization/sub", cancellationToken).ConfigureAwait(false);
        return new(trouble is null ? WithSubject(facts, subject) : facts);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(JsonElement Json, string? Trouble)> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (_down is not null) return (default, _down);
        try
        {
            using HttpResponseMessage response = await SendAsync(path, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return (default, Refusal(response));
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return (JsonDocument.Parse(body).RootElement, null);
        }
        catch (JsonException) { return (default, $"{_http.BaseAddress!.Host} does not answer in JSON; is there a proxy between?"); }
        catch (HttpRequestException e)
        {
            return (default, _down = $"{_http.BaseAddress!.Host} cannot be reached: {UrlSecrets.Hide(e.Message)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (default, _down = $"{_http.BaseAddress!.Host} did not answer within {_http.Timeout.TotalSeconds:0.#} seconds");
        }
    }

    /// <summary>Follows the redirects of renamed and transferred repositories, which stay on GitHub's API host. Another host gets
    /// nothing.</summary>
    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        Uri address = new(_http.BaseAddress!, path);
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await _http.GetAsync(address, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 307 or 308) || response.Headers.Location is not { } location
                || redirects == MostRedirects)
                return response;
            Uri next = new(address, location);
            if (next.Authority != address.Authority || next.Scheme != address.Scheme) return response;
            response.Dispose();
            address = next;
        }
    }

    private string Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => "GitHub refuses the token in GITHUB_TOKEN or GH_TOKEN; renew it",
        HttpStatusCode.NotFound when _hasToken => "it does not exist, or the token in GITHUB_TOKEN or GH_TOKEN cannot see it",
        HttpStatusCode.NotFound => "it does not exist, or is private; set GITHUB_TOKEN to let GitHub answer",
        HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests when Limited(response) =>
            _down = $"GitHub's rate limit is reached{Until(response)}{(_hasToken ? "" : "; set GITHUB_TOKEN for a higher one")}",
        var status => $"{_http.BaseAddress!.Host} answers {(int)status}",
    };

    private static bool Limited(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.TooManyRequests || response.Headers.RetryAfter is not null
            || Header(response, "x-ratelimit-remaining") == "0";

    private static string Until(HttpResponseMessage response) =>
        long.TryParse(Header(response, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? string.Create(CultureInfo.InvariantCulture, $" until {DateTimeOffset.FromUnixTimeSeconds(seconds):HH:mm} UTC") : "";

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static GitHubFacts? Facts(JsonElement about) =>
        Text(about, "full_name") is { } name && Number(about, "id") is { } id && Number(Member(about, "owner"), "id") is { } ownerId
            ? new(GitHubRepository.Parse(name) with { OwnerId = ownerId, RepositoryId = id },
                DateTimeOffset.TryParse(Text(about, "created_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out DateTimeOffset created) ? created : null)
            : null;

    // Fields: https://docs.github.com/en/rest/actions/oidc
    private static GitHubFacts WithSubject(GitHubFacts facts, JsonElement subject)
    {
        string[] keys = Member(subject, "include_claim_keys") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(k => k.GetString() ?? "")] : [];
        bool own = Flag(subject, "use_default") == false && keys.Length > 0 && !keys.SequenceEqual(s_usualTemplate);
        return facts with
        {
            Immutable =
                Flag(subject, "use_immutable_subject") ?? Text(subject, "sub_claim_prefix")?.Contains('@', StringComparison.Ordinal),
            Template = own ? keys : [],
        };
    }

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    private static bool? Flag(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
