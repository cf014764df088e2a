namespace JwtPizza.Ecr;

/// <summary>What the policy of a repository says about one principal, and what was done about it.</summary>
public sealed record RepositoryAccess
{
    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the account that owns the repository.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The repository's region.</summary>
    public required string Region { get; init; }

    /// <summary>Who: an ARN (<c>…:root</c> is a whole account), the id of an organization, a service, or <c>*</c> for everybody.</summary>
    public required string Principal { get; init; }

    /// <summary><c>Allow</c> or <c>Deny</c>.</summary>
    public string Effect { get; init; } = "Allow";

    /// <summary>Whether the actions are enough to pull.</summary>
    public bool Pull { get; init; }

    /// <summary>Whether the actions are enough to push.</summary>
    public bool Push { get; init; }

    /// <summary>The actions as they stand in the policy, for example <c>ecr:BatchGetImage</c> or <c>ecr:*</c>.</summary>
    public ValueList<string> Actions { get; init; } = [];

    /// <summary>The statement's Sid; null when it has none.</summary>
    public string? Sid { get; init; }

    /// <summary>Whether it holds under a condition only; <c>PolicyText</c> of the repository shows it.</summary>
    public bool HasCondition { get; init; }

    /// <summary>What the cmdlet did; null when the policy was only read.</summary>
    public ChangeStatus? Status { get; init; }

    /// <summary>What a policy says, one record for each principal of each statement.</summary>
    /// <param name="repository">Whose policy it is.</param>
    /// <param name="policy">The policy.</param>
    public static IReadOnlyList<RepositoryAccess> Of(Repository repository, AccessPolicy policy) =>
    [
        .. from statement in policy.Statements
           from principal in statement.Organizations is { Count: > 0 } organizations ? organizations : statement.Principals
           select new RepositoryAccess
           {
               RepositoryName = repository.RepositoryName, RegistryId = repository.RegistryId, Region = repository.Region,
               Principal = principal,
               Effect = statement.Effect, Pull = AccessGrant.PullActions.All(statement.HasAction),
               Push = CiStatement.PushActions.All(statement.HasAction), Actions = [.. statement.Actions], Sid = statement.Sid,
               HasCondition = statement.HasCondition,
           },
    ];

    /// <summary>The principal.</summary>
    public override string ToString() => Principal;
}
