namespace JwtPizza.Ecr;

/// <summary>
/// A repository as a user names it: by its name, or by its URI, which also says in which account and region it is. The name may be a
/// pattern.
/// </summary>
internal sealed record RepositoryReference
{
    private RepositoryReference(string text, string? host, string name) => (Text, Host, Name) = (text, host, name);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The registry's host; null when only a name was written.</summary>
    public string? Host { get; }

    /// <summary>The repository's name, not checked yet.</summary>
    public string Name { get; }

    /// <summary>The account that the URI names, or that was given beside it; null for the caller's own.</summary>
    public string? RegistryId { get; private init; }

    /// <summary>The region that the URI names, or that was given beside it; null for the caller's own.</summary>
    public string? Region { get; private init; }

    /// <summary>Whether it is in ECR Public.</summary>
    public bool IsPublic { get; private init; }

    /// <summary>Reads a repository.</summary>
    /// <param name="text">A name, or a URI such as <c>123456789012.dkr.ecr.us-east-1.amazonaws.com/team/api</c>.</param>
    /// <param name="registryId">The account that was named beside it, if any.</param>
    /// <param name="region">The region that was named beside it, if any.</param>
    /// <param name="isPublic">Whether ECR Public was named beside it.</param>
    /// <exception cref="PizzaException"><c>RegistryMismatch</c>, <c>InvalidRepositoryName</c>.</exception>
    public static RepositoryReference Parse(string text, string? registryId = null, string? region = null, bool isPublic = false)
    {
        (string? host, string name) = Cut(text);
        EcrHost? registry = EcrHost.TryParse(host);
        if (host is not null && registry is null && host.Contains(".dkr.ecr", StringComparison.Ordinal)) throw NoRegistry(text, host);
        bool inPublic = isPublic || registry is { IsPublic: true };
        if (host is not null && inPublic) name = name.Split('/', 2) is [_, var rest] ? rest : throw NoAlias(text);
        return new(text, host, name)
        {
            RegistryId = Agreeing(text, registry?.RegistryId, registryId, "-RegistryId"),
            Region = Agreeing(text, registry?.Region, region, "-Region"), IsPublic = inPublic,
        };
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => Text;

    // A name can have dots in its first part, so that only what cannot be a name, or is a registry of ECR, counts as a host.
    private static (string? Host, string Name) Cut(string text) =>
        text.Split('/', 2) is [var first, { Length: > 0 } rest]
            && (first.Contains(':', StringComparison.Ordinal) || first.Contains(".dkr.ecr", StringComparison.Ordinal)
                || EcrHost.TryParse(first) is not null)
            ? (first, rest)
            : (null, text);

    private static string? Agreeing(string text, string? ofUri, string? given, string parameter) =>
        string.IsNullOrEmpty(given) ? ofUri
        : ofUri is null || ofUri == given ? given
        : throw ErrorCatalog.RegistryMismatch(text, $"is in {ofUri}, and {parameter} says {given}",
            $"Leave {parameter} out, or name the repository alone.");

    private static PizzaException NoRegistry(string text, string host) => ErrorCatalog.InvalidRepositoryName(text,
        $"it looks like a URI, but '{host}' is not the host of an ECR registry, which has 12 digits, a region and that region's domain, " +
        "such as '123456789012.dkr.ecr.us-east-1.amazonaws.com'");

    private static PizzaException NoAlias(string text) => ErrorCatalog.InvalidImageReference(text,
        "the alias of the public registry must be between host and name (for example 'public.ecr.aws/a1b2c3d4/jwt-pizza-service'; " +
        "Get-PizzaRepository -Public shows the URIs)");
}
