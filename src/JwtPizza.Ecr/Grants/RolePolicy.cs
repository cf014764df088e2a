namespace JwtPizza.Ecr;

/// <summary>What an act did about a managed policy of a role.</summary>
public enum RolePolicyStatus
{
    /// <summary>It was attached to the role.</summary>
    Granted,

    /// <summary>The role had it already.</summary>
    AlreadyGranted,

    /// <summary>It was detached from the role; the policy itself is still there.</summary>
    Revoked,

    /// <summary>The role does not have it; nothing was changed.</summary>
    NotGranted,
}

/// <summary>A managed policy and a role.</summary>
public sealed record RolePolicy
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The policy's name, without its path.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The policy's ARN.</summary>
    public required string PolicyArn { get; init; }

    /// <summary>What was done.</summary>
    public required RolePolicyStatus Status { get; init; }

    /// <summary>Whether AWS maintains the policy, and not the account.</summary>
    public bool IsAwsManaged => Arn.TryParse(PolicyArn, out Arn? policy) && policy.AccountId == "aws";

    /// <summary>The policy's name.</summary>
    public override string ToString() => PolicyName;
}
