namespace JwtPizza.Ecr;

/// <summary>What a CI role's policy holds for one repository.</summary>
public sealed record CiPolicyGrant
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The managed policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The policy's ARN.</summary>
    public required string PolicyArn { get; init; }

    /// <summary>The repository.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>The 12 digits of the repository's account.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The repository's region.</summary>
    public required string Region { get; init; }

    /// <summary>The repository's ARN.</summary>
    public required string RepositoryArn { get; init; }

    /// <summary>The version of the policy in force, for example <c>v3</c>.</summary>
    public required string VersionId { get; init; }

    /// <summary>What the cmdlet did.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>The statements that hold the grant, or from which it was taken.</summary>
    public ValueList<string> Sids { get; init; } = [];
}
