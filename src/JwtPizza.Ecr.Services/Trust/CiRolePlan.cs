using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>A CI role that shall be there.</summary>
/// <param name="Role">Its name, and what it gets when it is made; the trust policy is filled in.</param>
/// <param name="Subjects">The runs that may assume it.</param>
/// <param name="Policy">Role and policy of the grants.</param>
/// <param name="Grants">One for each ECR repository; none for a role without a policy.</param>
internal sealed record CiRoleRequest(
    NewRole Role, IReadOnlyList<GitHubSubject> Subjects, CiPolicyTarget Policy, IReadOnlyList<CiGrant> Grants)
{
    /// <summary>Whose tokens; null: the provider that the role trusts, and github.com's for a new one.</summary>
    public GitHubProvider? Provider { get; init; }
}

/// <summary>What making a CI role comes to; nothing is sent yet.</summary>
internal sealed record CiRolePlan
{
    internal CiRolePlan(CiRoleRequest request, ProviderPlan? provider, DocumentEditor<TrustPolicy, TrustSubject> editor,
        Edit<TrustPolicy, TrustSubject> trust, CiPolicyPlan? policy, IReadOnlyList<string> warnings) =>
        (Request, Provider, Editor, Trust, Policy, Warnings) = (request, provider, editor, trust, policy, warnings);

    /// <summary>What was asked for.</summary>
    public CiRoleRequest Request { get; }

    /// <summary>The identity provider; null when the caller may not look for it.</summary>
    public ProviderPlan? Provider { get; }

    /// <summary>The trust policy.</summary>
    public Edit<TrustPolicy, TrustSubject> Trust { get; init; }

    /// <summary>The policy; null when no repository was named.</summary>
    public CiPolicyPlan? Policy { get; }

    /// <summary>What the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>What the caller should know before the plan is carried out: who else has the policy.</summary>
    public IReadOnlyList<string> Shared { get; init; } = [];

    /// <summary>Whether the role is still to be made.</summary>
    public bool IsNew => Trust.Before is null;

    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => Trust.Changed || Provider is { IsChange: true } || Policy is { IsChange: true };

    /// <summary>All of it for a reader's eye, documents included.</summary>
    public string Description => string.Join('\n', Steps());

    internal DocumentEditor<TrustPolicy, TrustSubject> Editor { get; }

    internal string TrustStep
    {
        get
        {
            if (IsNew) return $"Create the role {Request.Role.RoleName}";
            IEnumerable<string> added = Trust.Results.Where(s => s.Status == ChangeStatus.Created).Select(s => s.Subject);
            return $"Trust '{string.Join("', '", added)}' in the trust policy of the role {Request.Role.RoleName}";
        }
    }

    private IEnumerable<string> Steps()
    {
        if (Provider is { IsChange: true }) yield return Provider.Description;
        if (IsNew) yield return $"{TrustStep}{Settings()}, with the trust policy:\n{Trust.Difference}";
        else if (Trust.Changed) yield return $"{TrustStep}:\n{Trust.Difference}";
        if (Policy is { IsChange: true }) yield return Policy.Description;
    }

    private string Settings()
    {
        NewRole role = Request.Role;
        string[] settings =
        [
            .. role.Path is { } path ? new[] { $"path {path}" } : [],
            .. role.MaxSessionDuration is { } seconds ? new[] { $"sessions of up to {seconds} seconds" } : [],
            .. role.PermissionsBoundary is { } boundary ? new[] { $"the permissions boundary {boundary}" } : [],
            .. role.Tags.Count > 0 ? new[] { $"the tags {string.Join(", ", role.Tags.Select(t => $"{t.Key}={t.Value}"))}" } : [],
        ];
        return settings is [] ? "" : $" ({string.Join(", ", settings)})";
    }
}
