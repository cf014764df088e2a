using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>GitHub as an OpenID Connect provider of an AWS account.</summary>
public sealed partial record GitHubProvider
{
    private const string PublicHost = "token.actions.githubusercontent.com", Scheme = "https://";

    private GitHubProvider(string arn, string host) => (Arn, Host) = (arn, host);

    /// <summary>The provider's ARN in the account.</summary>
    public string Arn { get; }

    /// <summary>What the names of condition keys begin with: the issuer without <c>https://</c>. An enterprise may have its own.</summary>
    public string Host { get; }

    /// <summary>The issuer of its tokens: the <c>iss</c> claim, and what the provider is registered by.</summary>
    public string Url => Scheme + Host;

    /// <summary>The audience that AWS asks for, as <c>aws-actions/configure-aws-credentials</c> sets it.</summary>
    public string Audience => UsualAudience(Ecr.Arn.Parse(Arn).Partition);

    /// <summary>Whether this is github.com's own provider.</summary>
    public bool IsPublic => Host == PublicHost;

    internal string SubjectKey => $"{Host}:sub";

    internal string AudienceKey => $"{Host}:aud";

    /// <summary>The audience that AWS asks for in a partition.</summary>
    /// <param name="partition">For example <c>aws</c>.</param>
    public static string UsualAudience(string partition) => (Partition.Named(partition) ?? Partition.Commercial).TokenAudience;

    /// <summary>github.com's provider in the account of a role.</summary>
    /// <param name="roleArn">The ARN of the role that shall trust it.</param>
    public static GitHubProvider InAccountOf(string roleArn)
    {
        Arn role = Ecr.Arn.Parse(roleArn);
        return Parse($"{Ecr.Arn.OfIam(role.Partition, role.AccountId, $"oidc-provider/{PublicHost}")}");
    }

    /// <summary>A provider by the issuer of its tokens.</summary>
    /// <param name="url">With or without <c>https://</c>; an enterprise's own ends in <c>/SLUG</c>, is <c>token.actions.NAME.ghe.com</c>,
    /// or <c>HOST/_services/token</c>. Null: github.com's.</param>
    /// <param name="partition">For example <c>aws</c>.</param>
    /// <param name="account">The 12 digits of the account.</param>
    /// <exception cref="PizzaException"><c>NotAGitHubProvider</c>.</exception>
    public static GitHubProvider ForUrl(string? url, string partition, string account)
    {
        string host = IssuerUrl(url)[Scheme.Length..];
        return TryParse($"{Ecr.Arn.OfIam(partition, account, $"oidc-provider/{host}")}")
            ?? throw ErrorCatalog.NotAGitHubProvider(url, "an issuer of GitHub's tokens",
            $"It is 'https://{PublicHost}', the same with '/SLUG' for an " +
            "enterprise with its own issuer, 'https://token.actions.NAME.ghe.com' on GHE.com, or 'https://HOST/_services/token' of " +
            "GitHub Enterprise Server.");
    }

    /// <summary>An issuer as tokens name it, however a user writes it.</summary>
    /// <param name="url">With or without <c>https://</c>; null: github.com's.</param>
    internal static string IssuerUrl(string? url)
    {
        string host = (url ?? PublicHost).Trim().TrimEnd('/');
        return Scheme + (host.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? host[Scheme.Length..] : host);
    }

    /// <summary>Reads the ARN of a provider.</summary>
    /// <param name="arn">For example <c>arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com</c>.</param>
    /// <exception cref="PizzaException"><c>NotAGitHubProvider</c>.</exception>
    public static GitHubProvider Parse(string arn) =>
        TryParse(arn) ?? throw ErrorCatalog.NotAGitHubProvider(arn, "the ARN of a GitHub identity provider",
            $"It looks like 'arn:aws:iam::123456789012:oidc-provider/{PublicHost}'; " +
            "an enterprise's own ends in '/SLUG', is 'token.actions.NAME.ghe.com', or 'HOST/_services/token' of GitHub Enterprise Server.");

    internal static GitHubProvider? TryParse(string? arn) =>
        arn is not null && Pattern().Match(arn) is { Success: true } match ? new(arn, match.Groups["host"].Value) : null;

    [GeneratedRegex(
        @"\Aarn:[a-z0-9-]+:iam::\d{12}:oidc-provider/(?<host>token\.actions\.githubusercontent\.com(?:/[\w.-]+)?|token\.actions\.[\w-]+\.ghe\.com(?:/[\w.-]+)?|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/_services/token(?:/[\w.-]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
