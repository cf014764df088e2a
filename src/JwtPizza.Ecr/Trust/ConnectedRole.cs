namespace JwtPizza.Ecr;

/// <summary>A role that this session has assumed. The keys are in the environment, and not in here.</summary>
public sealed record ConnectedRole
{
    /// <summary>The role.</summary>
    public string RoleName => RoleArn[(RoleArn.LastIndexOf('/') + 1)..];

    /// <summary>The role's ARN.</summary>
    public required string RoleArn { get; init; }

    /// <summary>Who the session is to AWS, for example
    /// <c>arn:aws:sts::123456789012:assumed-role/github-ci/jwt-pizza-service-42</c>.</summary>
    public required string AssumedRoleArn { get; init; }

    /// <summary>The subject of the token that opened it.</summary>
    public required string Subject { get; init; }

    /// <summary>Whom the token was for.</summary>
    public required string Audience { get; init; }

    /// <summary>The access key id, which is no secret.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>When the keys end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The 12 digits of the role's account.</summary>
    public string RegistryId => Arn.Parse(RoleArn).AccountId;

    /// <summary>Who the session is to AWS.</summary>
    public override string ToString() => AssumedRoleArn;
}
