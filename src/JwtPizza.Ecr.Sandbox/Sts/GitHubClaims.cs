using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The claims of GitHub's tokens: https://docs.github.com/en/actions/reference/security/oidc</summary>
internal static class GitHubClaims
{
    private const string Workflow = ".github/workflows/ci.yml", Sha = "0123456789abcdef0123456789abcdef01234567";

    public static JsonObject Of(GitHubTokenRequest request)
    {
        (GitHubRepository repository, SubjectScope scope) = (request.Repository, request.Scope);
        GitHubSubject subject = GitHubSubject.For(repository, scope, request.Immutable == true);
        if (subject.IsPattern)
            throw new PizzaException("InvalidTokenRequest", PizzaErrorKind.InvalidArgument, $"'{subject}' is a pattern, and a run of a workflow is on one branch, tag or environment. Name one of them in full.", subject.Text);
        string gitRef = Ref(scope), workflow = $"{repository}/{Workflow}@{gitRef}";
        JsonObject claims = new()
        {
            ["sub"] = subject.Text, ["aud"] = request.Audience, ["ref"] = gitRef, ["sha"] = Sha,
            ["ref_type"] = scope.Kind == SubjectKind.GitTag ? "tag" : "branch", ["ref_protected"] = "false",
            ["repository"] = repository.ToString(), ["repository_owner"] = repository.Owner, ["repository_visibility"] = "private",
            ["run_id"] = "1", ["run_number"] = "1", ["run_attempt"] = "1", ["actor"] = repository.Owner, ["runner_environment"] = "github-hosted",
            ["event_name"] = scope.Kind == SubjectKind.PullRequest ? "pull_request" : "push",
            ["workflow"] = "CI", ["workflow_ref"] = workflow, ["workflow_sha"] = Sha, ["job_workflow_ref"] = workflow, ["job_workflow_sha"] = Sha,
        };
        if (scope.Kind == SubjectKind.Environment) claims["environment"] = scope.Value;
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
