namespace JwtPizza.Ecr.Services.Grants;

/// <summary>Which policy of which role a change is about.</summary>
/// <param name="RoleName">The role.</param>
/// <param name="PolicyName">The policy's name; looked for among those of the role first.</param>
/// <param name="PolicyArn">The policy's ARN; null to go by name.</param>
public sealed record CiPolicyTarget(string RoleName, string PolicyName, string? PolicyArn)
{
    /// <summary>The ARN that the role will have, when it is about to be made: it is not looked for, and has no policies yet.</summary>
    public string? NewRoleArn { get; init; }
}

/// <summary>What a change comes to; nothing is sent yet.</summary>
/// <param name="RoleName">The role.</param>
/// <param name="PolicyArn">The policy, which may not be there yet.</param>
/// <param name="Change">The change, to be made anew when the policy has changed meanwhile.</param>
/// <param name="Edit">The change on the policy as it was read.</param>
/// <param name="VersionId">The version that was read; null when there is no policy yet.</param>
/// <param name="Attach">Whether the policy has to be attached to the role.</param>
public sealed record CiPolicyPlan(string RoleName, string PolicyArn, Func<CiPolicy, CiPolicyEdit> Change, CiPolicyEdit Edit, string? VersionId, bool Attach)
{
    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => Edit.Changed || Attach;

    /// <summary>Whether the role is made in the same breath, so that IAM may not know it everywhere yet.</summary>
    public bool RoleIsNew { get; init; }

    /// <summary>The change for a reader's eye.</summary>
    public string Description => string.Join('\n', Lines());

    private IEnumerable<string> Lines()
    {
        if (Edit.Changed) yield return $"{(VersionId is null ? "Create" : "Change")} the policy {Edit.Policy.PolicyName} ({Edit.Policy.Size:N0} of {CiPolicy.MaxSize:N0} characters):";
        if (Edit.Changed) yield return JsonDifference.Between(VersionId is null ? null : Edit.Before, Edit.Policy.Document);
        if (Attach) yield return $"Attach the policy {Edit.Policy.PolicyName} to the role {RoleName}";
    }
}

/// <summary>What became of a plan.</summary>
/// <param name="Grants">One record for each repository.</param>
/// <param name="Warnings">What the caller should know.</param>
public sealed record CiPolicyOutcome(IReadOnlyList<CiPolicyGrant> Grants, IReadOnlyList<string> Warnings);
