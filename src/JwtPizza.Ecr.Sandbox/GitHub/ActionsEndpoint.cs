using System.Globalization;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.GitHub;

/// <summary>
/// What a job of GitHub Actions asks for its token:
/// https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token Which run it is stands in the URL, as
/// it does (though not to be read) in GitHub's.
/// </summary>
internal sealed class ActionsEndpoint(Func<GitHubTokenRequest, string> issue, string key) : IEndpoint
{
    public const string Path = "/_github/actions/token";
    private const string ContentType = "application/json; charset=utf-8";

    /// <summary>A key that only this sandbox takes.</summary>
    public static string NewKey() => "sandbox-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The URL of a run.</summary>
    public static string Url(string endpointUrl, GitHubTokenRequest run) => string.Create(CultureInfo.InvariantCulture,
        $"{endpointUrl}{Path}?api-version=2.0&repository={run.Repository}&context={Uri.EscapeDataString(run.Scope.ToString())}") +
        (run.Repository.HasIds
            ? string.Create(CultureInfo.InvariantCulture, $"&owner_id={run.Repository.OwnerId}&repository_id={run.Repository.RepositoryId}")
            : "") + (run.Issuer is null ? "" : $"&issuer={Uri.EscapeDataString(run.Issuer)}");

    public IEnumerable<string> Operations => [];

    public bool Takes(Exchange exchange) => exchange.Path == Path;

    public Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        if (!string.Equals(exchange.Header("Authorization"), "bearer " + key, StringComparison.OrdinalIgnoreCase))
            return exchange.RespondJsonAsync(401, new() { ["message"] = "Unauthorized" }, ContentType, cancellationToken);
        if (exchange.Method != "GET" || Run(exchange.Query) is not { } run)
            return exchange.RespondJsonAsync(400, new() { ["message"] = "Bad Request" }, ContentType, cancellationToken);
        string token;
        try { token = issue(run); }
        catch (PizzaException e)
        {
            return exchange.RespondJsonAsync(400, new() { ["message"] = e.Message }, ContentType, cancellationToken);
        }
        return exchange.RespondJsonAsync(200, new() { ["count"] = token.Length, ["value"] = token }, ContentType, cancellationToken);
    }

    private static GitHubTokenRequest? Run(IReadOnlyDictionary<string, string> query)
    {
        try
        {
            if (!query.TryGetValue("repository", out string? name) || !query.TryGetValue("context", out string? context)
                || SubjectScope.Read(context) is not { } scope)
                return null;
            GitHubRepository repository = GitHubRepository.Parse(name) with
            {
                OwnerId = Number("owner_id"), RepositoryId = Number("repository_id"),
            };
            return new()
            {
                Repository = repository, Scope = scope,
                Audience = query.GetValueOrDefault("audience") ?? $"https://github.com/{repository.Owner}",
                Issuer = query.GetValueOrDefault("issuer"),
            };
        }
        catch (PizzaException) { return null; }

        long? Number(string field) =>
            long.TryParse(query.GetValueOrDefault(field), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }
}
