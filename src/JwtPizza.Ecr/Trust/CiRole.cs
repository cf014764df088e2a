namespace JwtPizza.Ecr;

/// <summary>A role that workflows of GitHub, or of another OpenID Connect provider, may assume.</summary>
public sealed record CiRole
{
    /// <summary>The role.</summary>
    public required string RoleName { get; init; }

    /// <summary>Its ARN; what aws-actions/configure-aws-credentials and Connect-PizzaAws take.</summary>
    public required string RoleArn { get; init; }

    /// <summary>What the cmdlet did; null when it was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>The runs of GitHub that were asked for, or that the role lets in.</summary>
    public ValueList<TrustSubject> Subjects { get; init; } = [];

    /// <summary>The identity provider whose tokens it trusts.</summary>
    public string? ProviderArn { get; init; }

    /// <summary>The policy that was granted, by name; null when no repository was named.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The same by ARN.</summary>
    public string? PolicyArn { get; init; }

    /// <summary>The ECR repositories that were asked for.</summary>
    public ValueList<string> RepositoryName { get; init; } = [];

    /// <summary>What became of each of them.</summary>
    public ValueList<CiPolicyGrant> Grants { get; init; } = [];

    /// <summary>The names of its managed policies, where they were read.</summary>
    public ValueList<string> AttachedPolicies { get; init; } = [];

    /// <summary>The names of the policies that are part of the role, where they were read.</summary>
    public ValueList<string> InlinePolicies { get; init; } = [];

    /// <summary>The ARN of the policy that bounds what the role may do, where it was read and there is one.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>The longest session in seconds, where it was read.</summary>
    public int? MaxSessionDuration { get; init; }

    /// <summary>The region of the ECR repositories; null without one.</summary>
    public string? Region => Grants is [var first, ..] ? first.Region : null;

    /// <summary>The branch whose runs were asked for, if it is one.</summary>
    public string? Branch => One(SubjectKind.Branch);

    /// <summary>The environment whose jobs were asked for, if it is one.</summary>
    public string? Environment => One(SubjectKind.Environment);

    /// <summary>The 12 digits of the role's account.</summary>
    public string RegistryId => Arn.Parse(RoleArn).AccountId;

    private string? One(SubjectKind kind) =>
        Subjects.Select(s => (s.Kind, s.Value)).Distinct().ToArray() is [var (asked, value)] && asked == kind && value is not null
            && !IamPattern.IsPattern(value)
            ? value : null;

    /// <summary>The ARN.</summary>
    public override string ToString() => RoleArn;
}
