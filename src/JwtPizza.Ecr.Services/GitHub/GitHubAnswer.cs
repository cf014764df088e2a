namespace JwtPizza.Ecr.Services.GitHub;

/// <summary>What GitHub says of a repository, or why it could not be asked.</summary>
/// <param name="Facts">What it says; null when it could not be asked.</param>
/// <param name="Trouble">Why not, as the end of a sentence: "rate limit reached until 10:15 UTC; set GITHUB_TOKEN". Null when it
/// could.</param>
internal sealed record GitHubAnswer(GitHubFacts? Facts, string? Trouble = null);

/// <summary>A repository as GitHub knows it.</summary>
/// <param name="Repository">Owner and name in GitHub's spelling, with their numbers.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record GitHubFacts(GitHubRepository Repository, DateTimeOffset? CreatedAt)
{
    /// <summary>Whether its tokens carry the immutable subject; null when this caller may not know.</summary>
    public bool? Immutable { get; init; }

    /// <summary>The claims of the owner's own template of subjects; empty for GitHub's template.</summary>
    public IReadOnlyList<string> Template { get; init; } = [];
}
