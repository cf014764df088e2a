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

    /// <summary>The 12 digits of the repository's account; empty where the policy leaves it open.</summary>
    public required string RegistryId { get; init; }

    /// <summary>The repository's region; empty where the policy leaves it open.</summary>
    public required string Region { get; init; }

    /// <summary>The repository's ARN, or the pattern that the policy has in its place.</summary>
    public required string RepositoryArn { get; init; }

    /// <summary>The version of the policy in force, for example <c>v3</c>.</summary>
    public required string VersionId { get; init; }

    /// <summary>What the cmdlet did; null when it was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>The statements that hold the grant, or from which it was taken.</summary>
    public ValueList<string> Sids { get; init; } = [];

    /// <summary>Whether the policy allows pushing images to the repository.</summary>
    public bool CanPush { get; init; }

    /// <summary>Whether it allows pulling images.</summary>
    public bool CanPull { get; init; }

    /// <summary>Whether it allows looking at what was pushed.</summary>
    public bool CanVerify { get; init; }

    /// <summary>Whether it allows redeploying <see cref="Service"/>.</summary>
    public bool CanDeploy { get; init; }

    /// <summary>The ECS cluster of <see cref="Service"/>.</summary>
    public string? Cluster { get; init; }

    /// <summary>The ECS service that goes with the repository: the one of its name, or the only one of a policy for one repository. Null
    /// when the policy does not tell.</summary>
    public string? Service { get; init; }

    /// <summary>Who has the policy, for example <c>role github-ci</c>; null when that was not read.</summary>
    public ValueList<string>? AttachedTo { get; init; }
}
