namespace JwtPizza.Ecr;

/// <summary>How a trust subject names a repository. Repositories made, renamed or transferred after 15 July 2026 emit the immutable
/// form.</summary>
public enum SubjectForm : long
{
    /// <summary>What GitHub says the repository emits.</summary>
    Auto,

    /// <summary>With the numbers of owner and repository: <c>repo:OWNER@ID/NAME@ID:…</c>.</summary>
    Immutable,

    /// <summary>By names alone: <c>repo:OWNER/NAME:…</c>.</summary>
    Name,

    /// <summary>Both of them, as two subjects.</summary>
    Both,
}

/// <summary>Which runs of a repository's workflows a trust subject means.</summary>
public enum SubjectKind : long
{
    /// <summary>Runs on a branch, of jobs that name no environment.</summary>
    Branch,

    /// <summary>Runs on a git tag, of jobs that name no environment.</summary>
    GitTag,

    /// <summary>Jobs that name this environment.</summary>
    Environment,

    /// <summary>Runs of pull requests, of jobs that name no environment.</summary>
    PullRequest,

    /// <summary>Every run of the repository.</summary>
    AnyRef,

    /// <summary>A subject of another shape: an organisation's own template, or a pattern.</summary>
    Custom,
}

