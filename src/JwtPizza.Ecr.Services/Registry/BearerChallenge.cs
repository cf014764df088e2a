using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>
/// What a registry answers that wants a token of its own in place of user name and password, as ECR Public does:
/// https://distribution.github.io/distribution/spec/auth/token/
/// </summary>
internal sealed partial record BearerChallenge(Uri Realm, string? Service, string? Scope)
{
    /// <summary>The challenge of an answer of 401; null when it is another one, or none.</summary>
    public static BearerChallenge? Of(HttpResponseMessage reply)
    {
        if (reply.StatusCode != HttpStatusCode.Unauthorized || reply.Headers.WwwAuthenticate.FirstOrDefault(h => h.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))?.Parameter is not { } text) return null;
        Dictionary<string, string> said = Parameter().Matches(text).DistinctBy(m => m.Groups["name"].Value).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        return Uri.TryCreate(said.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) ? new(realm, said.GetValueOrDefault("service"), said.GetValueOrDefault("scope")) : null;
    }

    /// <summary>The request that changes a login for a token.</summary>
    public HttpRequestMessage Request(AuthenticationHeaderValue login, string repository) => new(HttpMethod.Get, new UriBuilder(Realm)
    {
        Query = $"service={Uri.EscapeDataString(Service ?? "")}&scope={Uri.EscapeDataString(Scope ?? $"repository:{repository}:pull,push")}",
    }.Uri)
    { Headers = { Authorization = login } };

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
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("(?<name>[a-z]+)=\"(?<value>[^\"]*)\"", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
