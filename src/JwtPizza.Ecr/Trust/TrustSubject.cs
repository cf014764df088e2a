namespace JwtPizza.Ecr;

/// <summary>One subject that a role trusts: which workflow runs of which GitHub repository may assume it.</summary>
public sealed record TrustSubject
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The subject as it stands in the trust policy, for example
    /// <c>repo:my-account/jwt-pizza-service:ref:refs/heads/main</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What the cmdlet did about it; null when the trust policy was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>The GitHub repository as <c>owner/name</c>; null for a pattern over several, or a shape of its own.</summary>
    public string? Repository { get; init; }

    /// <summary>Which runs.</summary>
    public SubjectKind Kind { get; init; }

    /// <summary>The branch, tag or environment, or a pattern of such.</summary>
    public string? Value { get; init; }

    /// <summary><c>Immutable</c> when the numbers of owner and repository are in it, else <c>Name</c>.</summary>
    public SubjectForm Form { get; init; }

    /// <summary>GitHub's number of the owner, in the immutable form.</summary>
    public long? OwnerId { get; init; }

    /// <summary>GitHub's number of the repository, in the immutable form.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>The entry of the policy that included the subject already.</summary>
    public string? CoveredBy { get; init; }

    /// <summary>The condition operator that compares it, for example <c>StringLike</c>.</summary>
    public string? Operator { get; init; }

    /// <summary>The Sid of its statement, if that has one.</summary>
    public string? Sid { get; init; }

    /// <summary>The ARN of the identity provider whose tokens it is about.</summary>
    public string? ProviderArn { get; init; }

    /// <summary>The role's ARN.</summary>
    public required string RoleArn { get; init; }

    /// <summary>The 12 digits of the role's account.</summary>
    public string RegistryId => Arn.TryParse(RoleArn, out Arn? role) ? role.AccountId : "";

    /// <summary>The record of a subject.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="roleArn">Its ARN.</param>
    /// <param name="text">The subject.</param>
    /// <param name="status">What was done about it; null for nothing.</param>
    public static TrustSubject Of(string roleName, string roleArn, string text, ChangeStatus? status)
    {
        GitHubSubject subject = GitHubSubject.Read(text);
        return new()
        {
            RoleName = roleName, RoleArn = roleArn, Subject = text, Status = status,
            Repository = subject.Repository?.ToString(), Kind = subject.Kind, Value = subject.Scope?.Value,
            Form = subject.Repository is { HasIds: true } ? SubjectForm.Immutable : SubjectForm.Name,
            OwnerId = subject.Repository?.OwnerId, RepositoryId = subject.Repository?.RepositoryId,
        };
    }

    /// <summary>The subject.</summary>
    public override string ToString() => Subject;
}
