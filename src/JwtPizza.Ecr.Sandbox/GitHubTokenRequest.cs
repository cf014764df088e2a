namespace JwtPizza.Ecr.Sandbox;

/// <summary>Which job of which workflow run a token of the sandbox's issuer speaks for.</summary>
public sealed record GitHubTokenRequest
{
    /// <summary>The repository; with its numbers for the immutable form of the subject.</summary>
    public required GitHubRepository Repository { get; init; }

    /// <summary>The branch, tag or environment, or pull requests. No pattern: a run is on one of them.</summary>
    public required SubjectScope Scope { get; init; }

    /// <summary>
    /// With the numbers of owner and repository in the subject, as repositories made after 15 July 2026 have it. Null leaves it to the
    /// repository: its subject has them once its numbers were named to the sandbox, by a token's request or a trusted subject.
    /// </summary>
    public bool? Immutable { get; init; }

    /// <summary>The audience that the job asks for; null for that of the sandbox's partition.</summary>
    public string? Audience { get; init; }

    /// <summary>The issuer, with or without <c>https://</c>: that of a GitHub Enterprise Server, of GHE.com, or an enterprise's own; null
    /// for github.com's.</summary>
    public string? Issuer { get; init; }
}
