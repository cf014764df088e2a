using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The sandbox's stand-in for GitHub's issuers of OpenID Connect tokens: same names, own key.</summary>
internal sealed class TokenIssuer(TimeProvider clock, string endpointUrl, StateFolder? state = null)
{
    public const string Name = "https://token.actions.githubusercontent.com";
    public const string PathPrefix = "/_github/oidc/.well-known/";
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(5);

    // Takes a tenth of a second or more: only when it is needed. One for all sandboxes of the process that keep nothing, as there is one
    // GitHub for all accounts.
    private static readonly Lazy<RSA> s_shared = new(() => RSA.Create(2048));
    private readonly Lazy<RSA> _key = state is null ? s_shared : new(() => SavedKey.Of(state));

    /// <summary>Signs claims; times are added.</summary>
    public string Issue(JsonObject claims)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject all = new(claims.Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone())))
        {
            ["iat"] = now, ["nbf"] = now - 5, ["exp"] = now + (long)s_life.TotalSeconds,
            ["jti"] = Guid.NewGuid().ToString(),
        };
        string signed = $"{Part(new() { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = KeyId })}.{Part(all)}";
        byte[] signature = _key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.Encode(signature)}";
    }

    /// <summary>Whether a signature is ours.</summary>
    public bool Verify(string signed, byte[] signature) =>
        _key.Value.VerifyData(Encoding.ASCII.GetBytes(signed), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public string KeyId => Base64Url.Encode(SHA256.HashData(_key.Value.ExportRSAPublicKey())[..12]);

    /// <summary>The discovery document.</summary>
    public JsonObject Configuration() => new()
    {
        ["issuer"] = Name,
        ["jwks_uri"] = endpointUrl + PathPrefix + "jwks",
        ["subject_types_supported"] = new JsonArray("public", "pairwise"),
        ["response_types_supported"] = new JsonArray("id_token"),
        ["claims_supported"] = new JsonArray("sub", "aud", "exp", "iat", "iss", "jti", "nbf", "ref", "repository", "repository_id",
            "environment", "job_workflow_ref"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["scopes_supported"] = new JsonArray("openid"),
    };

    /// <summary>The public key, as a set of one.</summary>
    public JsonObject Keys()
    {
        RSAParameters key = _key.Value.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["alg"] = "RS256", ["use"] = "sig", ["kid"] = KeyId, ["n"] = Base64Url.Encode(key.Modulus!),
                ["e"] = Base64Url.Encode(key.Exponent!),
            }),
        };
    }

    private static string Part(JsonObject json) => Base64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
