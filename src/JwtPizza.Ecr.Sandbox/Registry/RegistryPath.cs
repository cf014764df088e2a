using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>What a path of the distribution protocol is about.</summary>
/// <param name="Kind"><c>blobs</c>, <c>blobs/uploads</c>, <c>manifests</c>, <c>tags</c> or <c>referrers</c>; of no repository
/// <c>_catalog</c>, and of nothing at all <c>/</c>.</param>
/// <param name="Place">The repository as the path names it; empty for the kinds of no repository.</param>
/// <param name="Id">What follows: a digest, a tag, an upload.</param>
internal readonly partial record struct RegistryPath(string Kind, string Place = "", string Id = "")
{
    public const string Base = "/v2", Ping = "/", Catalog = "_catalog";

    /// <summary>Whether a path belongs to the protocol.</summary>
    public static bool Begins(string path) => path == Base || path.StartsWith(Base + "/", StringComparison.Ordinal);

    /// <summary>Reads a path; null where the protocol has nothing.</summary>
    public static RegistryPath? Read(string path) => path switch
    {
        Base or Base + "/" => new(Ping),
        Base + "/" + Catalog => new(Catalog),
        _ => Route().Match(path) is { Success: true, Groups: var parts }
            ? new(parts["kind"].Value, parts["name"].Value, parts["id"].Value) : null,
    };

    [GeneratedRegex(
        @"\A/v2/(?<name>.+?)/(?:(?<kind>blobs/uploads)(?:/(?<id>[^/]*))?|(?<kind>blobs|manifests|referrers)/(?<id>[^/]+)|(?<kind>tags)/(?<id>list))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Route();
}
