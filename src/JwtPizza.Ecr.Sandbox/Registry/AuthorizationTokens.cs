using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>What a token opens: the registry of one account in one region, which all are at the same host here.</summary>
/// <param name="RegistryId">The account.</param>
/// <param name="Region">The region.</param>
/// <param name="ExpiresAt">From then on it is refused.</param>
/// <param name="Holder">Who asked for it, and is behind every request that it comes with.</param>
internal sealed record RegistryPass(string RegistryId, string Region, DateTimeOffset ExpiresAt, Caller Holder)
{
    /// <summary>Whether it was given without a login: it opens ECR Public, for reading.</summary>
    public bool IsAnonymous { get; init; }
}

/// <summary>ECR's tokens: user AWS, a random password, 12 hours. And what ECR Public gives for them, or for nothing.</summary>
internal sealed class AuthorizationTokens(TimeProvider clock, StateFolder? state = null)
{
    private const string User = "AWS:", Document = "tokens";
    private static readonly TimeSpan s_life = TimeSpan.FromHours(12);
    private static readonly TimeSpan s_memory = TimeSpan.FromHours(24);   // so long an expired one is told from an invented one
    private readonly ConcurrentDictionary<string, RegistryPass> _passes =
        new(state?.Load<Dictionary<string, RegistryPass>>(Document) ?? [], StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, RegistryPass> _bearers = new(StringComparer.Ordinal);

    /// <summary>A token for a pass, to be sent as Bearer; it lives no longer than the pass, and not over a restart.</summary>
    public string Exchange(RegistryPass pass)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string old, RegistryPass known) in _bearers)
            if (known.ExpiresAt < now) _bearers.TryRemove(old, out _);
        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(96));
        _bearers[token] = pass;
        return token;
    }

    /// <summary>A pass for whoever only pulls from ECR Public.</summary>
    public RegistryPass Anonymous(string registryId) =>
        new(registryId, EcrRegistry.PublicRegion, clock.GetUtcNow() + s_life,
            new(null, EcrRegistry.PublicRegion, null)) { IsAnonymous = true };

    /// <summary>A new token, as GetAuthorizationToken gives it: <c>AWS:password</c> in base64.</summary>
    public (string Token, DateTimeOffset ExpiresAt) Issue(string registryId, string region, Caller holder)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string old, RegistryPass known) in _passes)
            if (known.ExpiresAt + s_memory < now) _passes.TryRemove(old, out _);
        string password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(96));
        RegistryPass pass = _passes[password] = new(registryId, region, now + s_life, holder);
        state?.Save(Document, () => _passes);
        return (Convert.ToBase64String(Encoding.UTF8.GetBytes(User + password)), pass.ExpiresAt);
    }

    /// <summary>The pass that a request comes with, also an expired one; null when it has none of ours. ECR Public takes user and password
    /// only to give a Bearer token.</summary>
    public RegistryPass? Find(string? authorization)
    {
        const string Bearer = "Bearer ";
        if (authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true)
        {
            string token = authorization[Bearer.Length..].Trim();
            // GetAuthorizationToken's own, as ECR Public takes it too
            return _bearers.GetValueOrDefault(token)
                ?? (FindLogin("Basic " + token) is { Region: EcrRegistry.PublicRegion } login ? login : null);
        }
        return FindLogin(authorization) is { Region: not EcrRegistry.PublicRegion } pass ? pass : null;
    }

    /// <summary>The pass of a Basic authorization header, also an expired one; null when it is none of ours.</summary>
    public RegistryPass? FindLogin(string? authorization)
    {
        const string Basic = "Basic ";
        if (authorization?.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) != true) return null;
        byte[] bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), bytes, out int length)) return null;
        string credentials = Encoding.UTF8.GetString(bytes, 0, length);
        return credentials.StartsWith(User, StringComparison.Ordinal) ? _passes.GetValueOrDefault(credentials[User.Length..]) : null;
    }
}
