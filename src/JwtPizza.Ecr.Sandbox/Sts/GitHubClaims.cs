using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The claims of GitHub's tokens: https://docs.github.com/en/actions/reference/security/oidc</summary>
internal static class GitHubClaims
{
    private const string Workflow = ".github/workflows/ci.yml", Sha = "0123456789abcdef0123456789abcdef01234567";

    public static JsonObject Of(GitHubTokenRequest request, Partition partition)
    {
        (GitHubRepository repository, SubjectScope scope) = (request.Repository, request.Scope);
        GitHubToken token = GitHubToken.For(GitHubSubject.For(repository, scope, request.Immutable == true),
            request.Audience ?? partition.TokenAudience, request.Issuer);
        string gitRef = Ref(scope), workflow = $"{repository}/{Workflow}@{gitRef}";
        JsonObject claims = new()
        {
            ["ref"] = gitRef, ["sha"] = Sha, ["ref_type"] = scope.Kind == SubjectKind.GitTag ? "tag" : "branch",
            ["ref_protected"] = "false", ["repository_visibility"] = "private",
            ["run_id"] = "1", ["run_number"] = "1", ["run_attempt"] = "1", ["actor"] = repository.Owner,
            ["runner_environment"] = "github-hosted",
            ["event_name"] = scope.Kind == SubjectKind.PullRequest ? "pull_request" : "push",
            ["workflow"] = "CI", ["workflow_ref"] = workflow, ["workflow_sha"] = Sha, ["job_workflow_ref"] = workflow,
            ["job_workflow_sha"] = Sha,
        };
        foreach ((string claim, IReadOnlyList<string> values) in token.Claims) claims[claim] = values[0];
        if (repository.OwnerId is { } owner) (claims["repository_owner_id"], claims["actor_id"]) = ($"{owner}", $"{owner}");
        if (repository.RepositoryId is { } id) claims["repository_id"] = $"{id}";
        return claims;
    }

    private static string Ref(SubjectScope scope) => scope.Kind switch
    {
        SubjectKind.Branch => "refs/heads/" + scope.Value,
        SubjectKind.GitTag => "refs/tags/" + scope.Value,
        SubjectKind.PullRequest => "refs/pull/1/merge",
        _ => "refs/heads/main",
    };
}
