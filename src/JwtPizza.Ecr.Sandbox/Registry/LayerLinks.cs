using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>The links that GetDownloadUrlForLayer gives: they need no login, and end after an hour.</summary>
internal sealed class LayerLinks(TimeProvider clock)
{
    public const string PathPrefix = "/_layers/";
    private static readonly TimeSpan s_life = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, (LayerLink Link, DateTimeOffset ExpiresAt)> _links = new(StringComparer.Ordinal);

    /// <summary>The path of a new link.</summary>
    public string Issue(LayerLink link)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach ((string old, var known) in _links)
            if (known.ExpiresAt < now) _links.TryRemove(old, out _);
        string key = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        _links[key] = (link, now + s_life);
        return PathPrefix + key;
    }

    public LayerLink? Find(string path) =>
        path.StartsWith(PathPrefix, StringComparison.Ordinal) && _links.TryGetValue(path[PathPrefix.Length..], out var found)
            && found.ExpiresAt > clock.GetUtcNow()
            ? found.Link
            : null;
}

/// <summary>A layer of a repository.</summary>
internal sealed record LayerLink(string RegistryId, string Region, string Repository, Digest Digest);
