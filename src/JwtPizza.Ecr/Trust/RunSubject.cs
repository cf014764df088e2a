namespace JwtPizza.Ecr;

/// <summary>The subject that the tokens of a repository's runs carry.</summary>
public sealed record RunSubject
{
    /// <summary>The <c>sub</c>, for example <c>repo:my-account/jwt-pizza-service:ref:refs/heads/main</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The repository as <c>owner/name</c>, in GitHub's spelling where GitHub was asked.</summary>
    public required string Repository { get; init; }

    /// <summary>Which runs.</summary>
    public SubjectKind Kind { get; init; }

    /// <summary>The branch, tag or environment, or a pattern of such.</summary>
    public string? Value { get; init; }

    /// <summary><c>Immutable</c> when the numbers of owner and repository are in it, else <c>Name</c>.</summary>
    public SubjectForm Form { get; init; }

    /// <summary>GitHub's number of the owner, where it is known.</summary>
    public long? OwnerId { get; init; }

    /// <summary>GitHub's number of the repository, where it is known.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>The record of a subject.</summary>
    /// <param name="subject">One that names a repository.</param>
    public static RunSubject Of(GitHubSubject subject) => new()
    {
        Subject = subject.Text, Repository = $"{subject.Repository}", Kind = subject.Kind, Value = subject.Scope?.Value,
        Form = subject.Form,
        OwnerId = subject.Repository?.OwnerId, RepositoryId = subject.Repository?.RepositoryId,
    };

    /// <summary>The subject.</summary>
    public override string ToString() => Subject;
}
