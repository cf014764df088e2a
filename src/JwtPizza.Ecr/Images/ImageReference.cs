using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// A repository or an image in it, as users write it: <c>name</c>, <c>name:tag</c>, <c>host/name</c>, <c>host/name:tag</c>,
/// <c>host/name@sha256:…</c>. The part before the first <c>/</c> is a host when it holds a <c>.</c> or <c>:</c>, or is
/// <c>localhost</c>; that is docker's own rule.
/// </summary>
public sealed partial record ImageReference
{
    private ImageReference(string? host, RepositoryName repository, ImageTag? tag, Digest? digest) =>
        (Host, Repository, Tag, Digest) = (host, repository, tag, digest);

    /// <summary>The registry's host, with its port if it has one; null when only a name was written.</summary>
    public string? Host { get; }

    /// <summary>The repository's name, without the host.</summary>
    public RepositoryName Repository { get; }

    /// <summary>The tag, when one was written.</summary>
    public ImageTag? Tag { get; }

    /// <summary>The digest, when one was written.</summary>
    public Digest? Digest { get; }

    /// <summary>The account that an ECR host names; null for other hosts.</summary>
    public string? RegistryId => Registry?.RegistryId;

    /// <summary>The region that an ECR host names; null for other hosts.</summary>
    public string? Region => Registry?.Region;

    /// <summary>Whether the host is that of ECR Public.</summary>
    public bool IsPublic => Registry is { IsPublic: true };

    /// <summary>Where the repository is, by what its host and the parameters beside it say.</summary>
    /// <exception cref="PizzaException"><c>RegistryMismatch</c>.</exception>
    internal RepositoryReference Place(string? registryId, string? region, bool isPublic = false) =>
        RepositoryReference.Parse(Host is null ? $"{Repository}" : $"{Host}/{Repository}", registryId, region, isPublic);

    private EcrHost? Registry => EcrHost.TryParse(Host);

    /// <summary>Reads a reference.</summary>
    /// <param name="text">For example <c>123456789012.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service:latest</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidImageReference</c>, <c>InvalidRepositoryName</c>, <c>InvalidImageTag</c>,
    /// <c>InvalidDigest</c>.</exception>
    public static ImageReference Parse(string text)
    {
        if (Scheme().Match(text) is { Success: true } scheme)
            throw ErrorCatalog.InvalidImageReference(text, $"a reference has no scheme; leave '{scheme.Value}' out");
        (string rest, string? digest) = CutLast(text, '@');
        (string? host, string path) = CutHost(rest);
        (string name, string? tag) = CutLast(path, ':');
        return new(host, RepositoryName.Parse(name), tag is null ? null : ImageTag.Parse(tag),
            digest is null ? null : JwtPizza.Ecr.Digest.Parse(digest));
    }

    /// <summary>As it was written.</summary>
    public override string ToString() =>
        (Host is null ? "" : Host + "/") + Repository + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static (string? Host, string Path) CutHost(string text) =>
        text.Split('/', 2) is [var first, var path]
            && (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost")
            ? (first, path)
            : (null, text);

    private static (string Before, string? After) CutLast(string text, char separator) =>
        text.LastIndexOf(separator) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);

    [GeneratedRegex(@"\A[a-z][a-z0-9+.-]*://", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();
}
