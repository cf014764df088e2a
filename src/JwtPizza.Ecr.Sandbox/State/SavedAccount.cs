using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>An account of IAM, as it is kept.</summary>
internal sealed record SavedAccount(IReadOnlyList<ManagedPolicy> Policies, IReadOnlyList<SavedRole> Roles, IReadOnlyList<OidcProvider> Providers)
{
    private const string Name = "iam";

    /// <summary>Fills an empty account. False when none was kept.</summary>
    public static bool Restore(StateFolder? state, IamAccount account)
    {
        if (state?.Load<SavedAccount>(Name) is not { } saved) return false;
        foreach (ManagedPolicy policy in saved.Policies) account.Policies.Add(policy.Name, policy);
        foreach ((Role role, IReadOnlyList<string> attached) in saved.Roles)
        {
            role.Attached.AddRange(attached.Select(a => account.FindPolicy(a) ?? throw StateFolder.Damaged($"the role '{role.Name}' has the policy '{a}', which is not there")));
            account.Roles.Add(role.Name, role);
        }
        foreach (OidcProvider provider in saved.Providers) account.Providers.Add(provider.Url, provider);
        return true;
    }

    /// <summary>Keeps an account. The caller holds its gate.</summary>
    public static void Save(StateFolder state, IamAccount account) => state.Save(Name, () => new SavedAccount(
        [.. account.Policies.Values], [.. account.Roles.Values.Select(r => new SavedRole(r, [.. r.Attached.Select(p => p.Arn)]))], [.. account.Providers.Values]));
}

/// <summary>A role, and the ARNs of the policies attached to it.</summary>
internal sealed record SavedRole(Role Role, IReadOnlyList<string> Attached);
