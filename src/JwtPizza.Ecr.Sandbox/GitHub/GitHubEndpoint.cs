using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.GitHub;

/// <summary>GitHub's REST API, as far as trust asks it: https://docs.github.com/en/rest/repos/repos and
/// https://docs.github.com/en/rest/actions/oidc</summary>
internal sealed class GitHubEndpoint(GitHubWorld world) : IEndpoint
{
    public const string PathPrefix = "/_github/api/";
    private const string ContentType = "application/json; charset=utf-8";
    private static readonly DateTimeOffset s_old = new(2025, 9, 1, 12, 0, 0, TimeSpan.Zero),
        s_new = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public IEnumerable<string> Operations => [];

    public bool Takes(Exchange exchange) => exchange.Path.StartsWith(PathPrefix, StringComparison.Ordinal);

    public Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        JsonObject? answer = exchange.Method is "GET" or "HEAD" ? Answer(exchange.Path[PathPrefix.Length..].Split('/')) : null;
        return answer is not null
            ? exchange.RespondJsonAsync(200, answer, ContentType, cancellationToken)
            : exchange.RespondJsonAsync(404,
                new() { ["message"] = "Not Found", ["documentation_url"] = "https://docs.github.com/rest", ["status"] = "404" },
                ContentType, cancellationToken);
    }

    private JsonObject? Answer(string[] path) => path switch
    {
        ["repos", var owner, var name] => Find(owner, name) is { } found ? About(found) : null,
        ["repos", var owner, var name, "actions", "oidc", "customization", "sub"] => Find(owner, name) is { } found ? Subject(found) : null,
        _ => null,
    };

    private HostedRepository? Find(string owner, string name)
    {
        try
        {
            return GitHubRepository.Parse($"{owner}/{name}") is { OwnerId: null, RepositoryId: null } repository
                ? world.Find(repository) : null;
        }
        catch (PizzaException) { return null; }   // no name that GitHub could have
    }

    private static JsonObject About(HostedRepository found) => new()
    {
        ["id"] = found.Repository.RepositoryId, ["name"] = found.Repository.Name, ["full_name"] = found.Repository.ToString(),
        ["private"] = true,
        ["owner"] = new JsonObject { ["login"] = found.Repository.Owner, ["id"] = found.Repository.OwnerId, ["type"] = "User" },
        ["html_url"] = $"https://github.com/{found.Repository}", ["default_branch"] = "main",
        ["created_at"] = (found.Immutable ? s_new : s_old).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private static JsonObject Subject(HostedRepository found)
    {
        GitHubRepository of = found.Repository;
        return new()
        {
            ["use_default"] = true, ["use_immutable_subject"] = found.Immutable,
            ["sub_claim_prefix"] = found.Immutable ? $"repo:{of.Owner}@{of.OwnerId}/{of.Name}@{of.RepositoryId}" : $"repo:{of}",
        };
    }
}
