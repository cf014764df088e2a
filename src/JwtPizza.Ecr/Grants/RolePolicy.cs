namespace JwtPizza.Ecr;

/// <summary>A managed policy and a role.</summary>
public sealed record RolePolicy
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>The policy's name, without its path.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The policy's ARN.</summary>
    public required string PolicyArn { get; init; }

    /// <summary>What the cmdlet did; null when it was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>Whether AWS maintains the policy, and not the account.</summary>
    public bool IsAwsManaged => Arn.TryParse(PolicyArn, out Arn? policy) && policy.AccountId == "aws";

    /// <summary>The policy's name.</summary>
    public override string ToString() => PolicyName;
}
