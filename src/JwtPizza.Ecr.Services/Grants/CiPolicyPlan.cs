using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>Which policy of which role a change is about.</summary>
/// <param name="RoleName">The role.</param>
/// <param name="PolicyName">The policy's name; looked for among those of the role first.</param>
/// <param name="PolicyArn">The policy's ARN; null to go by name.</param>
internal sealed record CiPolicyTarget(string RoleName, string PolicyName, string? PolicyArn)
{
    /// <summary>The policy that the user means.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="policyName">The policy's name; null or empty for the role's usual one.</param>
    /// <param name="policyArn">The policy's ARN; null to go by name.</param>
    public static CiPolicyTarget For(string roleName, string? policyName, string? policyArn = null) =>
        new(RoleNames.Check(roleName), string.IsNullOrEmpty(policyName) ? CiPolicy.NameFor(roleName) : policyName, policyArn);

    /// <summary>The ARN that the role will have, when it is about to be made: it is not looked for, and has no policies yet.</summary>
    public string? NewRoleArn { get; init; }
}

/// <summary>What a change comes to; nothing is sent yet.</summary>
internal sealed class CiPolicyPlan
{
    internal CiPolicyPlan(CiPolicyTarget target, string policyArn, CiPolicyStore store,
        DocumentEditor<CiPolicy, GrantResult<CiGrant>> editor, Edit<CiPolicy, GrantResult<CiGrant>> edit) =>
        (RoleName, RoleIsNew, PolicyArn, Store, Editor, Edit, VersionId) =
            (target.RoleName, target.NewRoleArn is not null, policyArn, store, editor, edit, Version(editor));

    /// <summary>The role.</summary>
    public string RoleName { get; }

    /// <summary>The policy, which may not be there yet.</summary>
    public string PolicyArn { get; }

    /// <summary>The change on the policy as it was read.</summary>
    public Edit<CiPolicy, GrantResult<CiGrant>> Edit { get; }

    /// <summary>The version that was read; null when there is no policy yet.</summary>
    public string? VersionId { get; }

    /// <summary>Whether the policy has to be attached to the role.</summary>
    public bool Attach { get; init; }

    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => Edit.Changed || Attach;

    /// <summary>The change for a reader's eye.</summary>
    public string Description => string.Join('\n', Lines());

    /// <summary>Whether the role is made in the same breath, so that IAM may not know it everywhere yet.</summary>
    internal bool RoleIsNew { get; }

    internal CiPolicyStore Store { get; }

    internal DocumentEditor<CiPolicy, GrantResult<CiGrant>> Editor { get; }

    internal static string? Version(DocumentEditor<CiPolicy, GrantResult<CiGrant>> editor) =>
        editor.Current.Version is > 0 and var number ? $"v{number}" : null;

    private IEnumerable<string> Lines()
    {
        string size = $"{Edit.Document.Size:N0} of {CiPolicy.MaxSize:N0} characters";
        if (Edit.Changed)
            yield return $"{(VersionId is null ? "Create" : "Change")} the policy {Edit.Document.PolicyName} ({size}):\n{Edit.Difference}";
        if (Attach) yield return $"Attach the policy {Edit.Document.PolicyName} to the role {RoleName}";
    }
}

/// <summary>What became of a plan.</summary>
/// <param name="Grants">One record for each repository.</param>
/// <param name="Warnings">What the caller should know.</param>
internal sealed record CiPolicyOutcome(IReadOnlyList<CiPolicyGrant> Grants, IReadOnlyList<string> Warnings);
