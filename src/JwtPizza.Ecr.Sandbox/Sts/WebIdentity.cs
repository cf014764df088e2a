using System.Globalization;
using System.Text.Json;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>A web identity token that STS has verified.</summary>
/// <param name="Provider">The account's provider that its issuer is.</param>
/// <param name="Subject">Its <c>sub</c>.</param>
/// <param name="Audience">Its <c>aud</c>.</param>
/// <param name="Claims">Each claim that is a text or a list of texts.</param>
internal sealed record WebIdentity(OidcProvider Provider, string Subject, string Audience, IReadOnlyDictionary<string, string[]> Claims)
{
    private const string Scheme = "https://";

    /// <summary>Verifies a token: form, issuer, signature, time, audience.</summary>
    /// <exception cref="ApiError">InvalidIdentityToken, ExpiredTokenException.</exception>
    public static WebIdentity Verify(string token, StsWorld sts, IamAccount account)
    {
        (Dictionary<string, JsonElement> header, Dictionary<string, JsonElement> claims) = Read(token);
        string issuer = Text(claims, "iss") ?? throw Invalid("Missing a required claim: iss");
        string subject = Text(claims, "sub") ?? throw Invalid("Missing a required claim: sub");
        OidcProvider provider = Find(account, issuer) ?? throw Invalid($"No OpenIDConnect provider found in your account for {issuer}");
        if (Text(header, "alg") != "RS256" || Text(header, "kid") != sts.Issuer.KeyId)
            throw Invalid(
                "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity " +
                "documentation for requirements");
        int signature = token.LastIndexOf('.');
        if (!sts.Issuer.Verify(token[..signature], Base64Url.Decode(token[(signature + 1)..])!))
            throw Invalid("The ID Token provided is not a valid JWT. (Its signature does not fit.)");
        CheckTimes(claims, sts.Iam.Now);
        string audience = Texts(claims, "aud").FirstOrDefault(provider.ClientIds.Contains) ?? throw Invalid("Incorrect token audience");
        return new(provider, subject, audience, claims.Keys.ToDictionary(k => k, k => Texts(claims, k).ToArray()));
    }

    /// <summary>What trust policies can look at: every claim under the provider's name.</summary>
    public RequestContext Context(string sessionName, DateTimeOffset now)
    {
        RequestContext context = Requests.Context(now).With("sts:RoleSessionName", sessionName).With("aws:FederatedProvider", Provider.Arn);
        foreach ((string claim, string[] values) in Claims.Where(c => c.Value.Length > 0)) context.With($"{Provider.Url}:{claim}", values);
        return context;
    }

    private static (Dictionary<string, JsonElement> Header, Dictionary<string, JsonElement> Claims) Read(string token) =>
        token.Split('.') is [var header, var claims, var signature] && Json(header) is { } head && Json(claims) is { } body
            && Base64Url.Decode(signature) is not null
            ? (head, body)
            : throw Invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");

    private static Dictionary<string, JsonElement>? Json(string part) =>
        Base64Url.Decode(part) is { } bytes ? PolicyJson.Parse(System.Text.Encoding.UTF8.GetString(bytes)) : null;

    private static OidcProvider? Find(IamAccount account, string issuer)
    {
        lock (account.Gate)
            return issuer.StartsWith(Scheme, StringComparison.Ordinal)
                ? account.Providers.GetValueOrDefault(issuer[Scheme.Length..].TrimEnd('/')) : null;
    }

    private static void CheckTimes(Dictionary<string, JsonElement> claims, DateTimeOffset time)
    {
        long now = time.ToUnixTimeSeconds();
        long expires = Number(claims, "exp") ?? throw Invalid("Missing a required claim: exp");
        if (now >= expires)
            throw new ApiError("ExpiredTokenException",
                string.Create(CultureInfo.InvariantCulture,
                    $"Token expired: current date/time {now} must be before the expiration date/time {expires}"));
        if (Number(claims, "nbf") > now) throw Invalid("Token is not yet valid: its nbf lies in the future");
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name) => Texts(members, name) is [var one] ? one : null;

    private static IReadOnlyList<string> Texts(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out JsonElement value) ? PolicyJson.Texts(value, scalars: true) ?? [] : [];

    private static long? Number(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number : null;

    private static ApiError Invalid(string message) => new("InvalidIdentityToken", message);
}
