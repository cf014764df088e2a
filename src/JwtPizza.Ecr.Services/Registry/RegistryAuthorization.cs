using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// What opens a repository of a registry: user name and password, or the token that they (or nothing) are changed for
/// (https://distribution.github.io/distribution/spec/auth/token/). Renewed when the registry refuses it.
/// </summary>
/// <param name="registry">The registry's URL.</param>
/// <param name="repository">The repository's name.</param>
/// <param name="login">Gives a login, or null for anonymous access; called again when one was refused.</param>
/// <param name="isOfAws">Whether it is ECR's, which requires the password with the first request, and at no other host.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never requested has nothing to dispose.")]
internal sealed partial class RegistryAuthorization(
    Uri registry, string repository, Func<CancellationToken, Task<RegistryLogin?>> login, bool isOfAws)
{
    private const string Bearer = "Bearer";
    private const int MaxToken = 1 << 20;

    // The user name that docker's helpers give with a token that is changed for others: https://github.com/docker/docker-credential-helpers
    private const string TokenUser = "<token>";

    private readonly SemaphoreSlim _gate = new(1);
    private AuthenticationHeaderValue? _header;
    private RegistryLogin? _login;
    private bool _asked;

    /// <summary>The header for the next request; null for none.</summary>
    public async Task<AuthenticationHeaderValue?> GetAsync(CancellationToken cancellationToken)
    {
        if (_header is null && isOfAws && !_asked) await RenewAsync(null, null, mayLogIn: true, cancellationToken).ConfigureAwait(false);
        return _header;
    }

    /// <summary>Answers a refusal with another header.</summary>
    /// <param name="used">The header that was refused.</param>
    /// <param name="reply">The refusal; null before the first request.</param>
    /// <param name="mayLogIn">Whether a new login may be asked for, or only a token for the one at hand.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>Whether there was a new login; null when there is nothing else to try.</returns>
    public async Task<bool?> RenewAsync(
        AuthenticationHeaderValue? used, HttpResponseMessage? reply, bool mayLogIn, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_header != used) return false;   // another request was quicker
            Challenge? challenge = reply is null ? null : Challenge.Of(reply);
            bool isNew = challenge is null || used?.Scheme == Bearer || !_asked;
            if (isNew && !mayLogIn) return null;
            if (isNew) (_login, _asked) = (await login(cancellationToken).ConfigureAwait(false), true);
            if (challenge is not null) _header = await ExchangeAsync(challenge, cancellationToken).ConfigureAwait(false);
            else if (_login is not null) _header = Basic(_login);
            return _header == used ? null : isNew;
        }
        finally { _gate.Release(); }
    }

    private static AuthenticationHeaderValue Basic(RegistryLogin login) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.User}:{login.Password}")));

    private async Task<AuthenticationHeaderValue> ExchangeAsync(Challenge challenge, CancellationToken cancellationToken)
    {
        if (_login is not null && !MayHavePassword(challenge.Realm))
            throw RegistryErrors.UnexpectedResponse(registry.Authority, repository,
                $"it wants the password to be sent to {challenge.Realm.Scheme}://{challenge.Realm.Authority}");
        using HttpRequestMessage request = challenge.Request(_login, repository);
        using HttpResponseMessage reply = await RegistryHttp.SendAsync(request, cancellationToken).ConfigureAwait(false);
        byte[] body = await RegistryHttp.ReadAsync(reply, MaxToken, cancellationToken).ConfigureAwait(false) ?? [];
        if (Retry.IsWorthIt(reply.StatusCode))
            throw new TransientFailure(
                RegistryErrors.Of(reply.StatusCode, Encoding.UTF8.GetString(body),
                    new(registry.Authority, repository, isOfAws, IsRead: true)), reply.Headers.RetryAfter?.Delta);
        if ((int)reply.StatusCode >= 400)
            throw RegistryErrors.Of(HttpStatusCode.Unauthorized, Encoding.UTF8.GetString(body),
                new(registry.Authority, repository, isOfAws, IsRead: true));
        return new(Bearer,
            Challenge.Token(body)
                ?? throw RegistryErrors.UnexpectedResponse(registry.Authority, repository, "it gave no token for the login"));
    }

    // ECR's tokens are given by its own host. Elsewhere docker's rule holds: the password goes to the realm that the registry itself names,
    // whatever its host (registry-1.docker.io names auth.docker.io), since TLS vouches for who named it:
    // https://github.com/distribution/distribution/blob/v2.8.3/registry/client/auth/session.go and
    // https://github.com/moby/moby/blob/v28.0.0/registry/auth.go
    // Stricter than docker: never in clear text to another host, and a challenge of anybody but the registry (storage, an upload's host) is
    // not answered.
    private bool MayHavePassword(Uri realm) =>
        (realm.Authority == registry.Authority && realm.Scheme == registry.Scheme)
            || (!isOfAws && registry.Scheme == Uri.UriSchemeHttps && realm.Scheme == Uri.UriSchemeHttps);

    /// <summary>Where and for what a token is given.</summary>
    internal sealed partial record Challenge(Uri Realm, string? Service, string? Scope)
    {
        /// <summary>The challenge of an answer of 401; null when it is another one, or none.</summary>
        public static Challenge? Of(HttpResponseMessage reply)
        {
            string? text = reply.StatusCode == HttpStatusCode.Unauthorized
                ? reply.Headers.WwwAuthenticate.FirstOrDefault(h => h.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))?.Parameter
                : null;
            if (text is null) return null;
            Dictionary<string, string> said = Parameter().Matches(text).DistinctBy(m => m.Groups["name"].Value)
                .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
            return Uri.TryCreate(said.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) && realm.Scheme is "http" or "https"
                ? new(realm, said.GetValueOrDefault("service"), said.GetValueOrDefault("scope")) : null;
        }

        /// <summary>The request that changes a login, or nothing, for a token.</summary>
        public HttpRequestMessage Request(RegistryLogin? login, string repository)
        {
            string scope = Scope ?? $"repository:{repository}:pull,push";
            if (login?.User == TokenUser)
                return new(HttpMethod.Post, Realm)
                {
                    Content = new FormUrlEncodedContent(new Dictionary<string, string>
                    {
                        ["grant_type"] = "refresh_token", ["service"] = Service ?? "", ["scope"] = scope, ["client_id"] = "JwtPizza.Ecr",
                        ["refresh_token"] = login.Password,
                    }),
                };
            Uri address =
                new UriBuilder(Realm) { Query = $"service={Uri.EscapeDataString(Service ?? "")}&scope={Uri.EscapeDataString(scope)}" }.Uri;
            return new(HttpMethod.Get, address) { Headers = { Authorization = login is null ? null : Basic(login) } };
        }

        /// <summary>The token of the answer; null when there is none.</summary>
        public static string? Token(byte[] answer)
        {
            try
            {
                using JsonDocument json = JsonDocument.Parse(answer);
                return Text(json, "token") ?? Text(json, "access_token");
            }
            catch (JsonException) { return null; }
        }

        private static string? Text(JsonDocument json, string name) =>
            json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out JsonElement value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        [GeneratedRegex("(?<name>[a-z]+)=\"(?<value>[^\"]*)\"", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
        private static partial Regex Parameter();
    }
}
