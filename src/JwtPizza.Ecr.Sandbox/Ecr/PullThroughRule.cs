using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Repositories under a prefix are filled from another registry when somebody pulls from them.</summary>
internal sealed partial record PullThroughRule(
    string Prefix, string UpstreamUrl, string? Upstream, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public const string Root = "ROOT";

    public string? CredentialArn { get; init; }

    public string? CustomRoleArn { get; init; }

    /// <summary>Null for all of the upstream registry.</summary>
    public string? UpstreamPrefix { get; init; }

    private sealed record Kind(string Name, Regex Url, bool NeedsCredentials = false);

    private static readonly Kind[] s_kinds =
    [
        new("ecr", EcrUrl()), new("ecr-public", Exactly("public.ecr.aws")), new("quay", Exactly("quay.io")),
        new("k8s", Exactly("registry.k8s.io")),
        new("docker-hub", Exactly("registry-1.docker.io"), NeedsCredentials: true),
        new("github-container-registry", Exactly("ghcr.io"), NeedsCredentials: true),
        new("gitlab-container-registry", Exactly("registry.gitlab.com"), NeedsCredentials: true),
        new("azure-container-registry", AzureUrl(), NeedsCredentials: true),
        new("chainguard", Exactly("cgr.dev"), NeedsCredentials: true),
    ];

    /// <summary>Reads a rule that is about to be made.</summary>
    public static PullThroughRule Read(JsonArguments input, EcrRegistry registry, DateTimeOffset now)
    {
        string url = input.RequiredText("upstreamRegistryUrl");
        string? named = input.Text("upstreamRegistry"), credential = CheckCredential(input.Text("credentialArn"));
        if (named is not null && !Array.Exists(s_kinds, k => k.Name == named))
            throw JsonArguments.Invalid("upstreamRegistry",
                $"Member must satisfy enum value set: [{string.Join(", ", s_kinds.Select(k => k.Name))}]");
        Kind? kind = Array.Find(s_kinds, k => k.Url.IsMatch(url));
        if (kind is null && !Loopback().IsMatch(url))
            throw new ApiError("UnsupportedUpstreamRegistryException", $"The upstream registry url '{url}' is not supported");
        if (kind is not null && named is not null && kind.Name != named)
            throw new ApiError("UnsupportedUpstreamRegistryException", $"The upstream registry url '{url}' is not that of '{named}'");
        if (kind?.NeedsCredentials == true && credential is null)
            throw JsonArguments.Invalid("credentialArn", $"The upstream registry '{kind.Name}' requires credentials");
        return new(PrefixIn(input.RequiredText("ecrRepositoryPrefix")), url, named ?? kind?.Name, now, now)
        {
            CredentialArn = credential, CustomRoleArn = input.Text("customRoleArn"),
            UpstreamPrefix = input.Text("upstreamRepositoryPrefix") is { } prefix ? PrefixIn(prefix) : null,
        };
    }

    public static string? CheckCredential(string? arn) =>
        arn is null || (arn.Length is >= 50 and <= 612 && CredentialPattern().IsMatch(arn))
        ? arn
        : throw JsonArguments.Invalid("credentialArn",
            @"must satisfy regular expression '^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\-pullthroughcache\/[a-zA-Z0-9\/_+=.@-]+$'");

    /// <summary>A prefix as it is kept: without the slash that is always meant.</summary>
    public static string PrefixIn(string prefix) => prefix.Length is >= 2 and <= 30 && PrefixPattern().IsMatch(prefix)
        ? prefix.TrimEnd('/')
        : throw JsonArguments.Invalid("ecrRepositoryPrefix",
            @"must satisfy regular expression '^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$'");

    /// <summary>The name that a repository has upstream; null when the rule is not about it.</summary>
    public string? NameUpstream(string repository)
    {
        string? rest = Prefix == Root
            ? repository : repository.StartsWith(Prefix + "/", StringComparison.Ordinal) ? repository[(Prefix.Length + 1)..] : null;
        return rest is null || UpstreamPrefix is null or Root ? rest : $"{UpstreamPrefix}/{rest}";
    }

    public JsonObject Json(string registryId, params string[] members)
    {
        JsonObject all = Answer.Of(
            ("ecrRepositoryPrefix", Prefix), ("upstreamRegistryUrl", UpstreamUrl), ("createdAt", CreatedAt.Json()),
            ("registryId", registryId), ("upstreamRegistry", Upstream),
            ("credentialArn", CredentialArn), ("customRoleArn", CustomRoleArn), ("upstreamRepositoryPrefix", UpstreamPrefix),
            ("updatedAt", UpdatedAt.Json()));
        foreach (string member in all.Select(m => m.Key).Except(members).ToList()) all.Remove(member);
        return all;
    }

    private static Regex Exactly(string host) => new($@"\A(?:https://)?{Regex.Escape(host)}/?\z", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\A(?:https://)?\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/?\z", RegexOptions.CultureInvariant)]
    private static partial Regex EcrUrl();

    [GeneratedRegex(@"\A(?:https://)?[a-z0-9-]+\.azurecr\.(?:io|us|cn)/?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AzureUrl();

    [GeneratedRegex(@"\A(?:http://)?(?:localhost|127\.0\.0\.1)(?::\d{1,5})?/?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Loopback();

    [GeneratedRegex(@"\A(?:[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*/?|ROOT)\z",
        RegexOptions.CultureInvariant)]
    internal static partial Regex PrefixPattern();

    [GeneratedRegex(@"\Aarn:aws(?:-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache/[a-zA-Z0-9/_+=.@-]+\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex CredentialPattern();
}
