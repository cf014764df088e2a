using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>An account of IAM, as it is kept.</summary>
internal sealed record SavedAccount(
    string Partition, string AccountId, string? Alias, IReadOnlyList<ManagedPolicy> Policies, IReadOnlyList<Role> Roles,
    IReadOnlyList<User> Users,
    IReadOnlyList<Group> Groups, IReadOnlyList<InstanceProfile> InstanceProfiles, IReadOnlyList<OidcProvider> Providers)
{
    private const string Folder = "iam";

    public static IEnumerable<SavedAccount> LoadAll(StateFolder state) => state.LoadAll<SavedAccount>(Folder);

    /// <summary>Makes an account what this one was.</summary>
    public void Restore(IamAccount account)
    {
        account.Alias = Alias;
        account.Clear();
        foreach (ManagedPolicy policy in Policies) account.Policies.Add(policy.Name, policy);
        foreach (Role role in Roles) account.Roles.Add(role.Name, role);
        foreach (User user in Users) account.Users.Add(user.Name, user);
        foreach (Group group in Groups) account.Groups.Add(group.Name, group);
        foreach (InstanceProfile profile in InstanceProfiles) account.InstanceProfiles.Add(profile.Name, profile);
        foreach (OidcProvider provider in Providers) account.Providers.Add(provider.Url, provider);
        foreach (PolicyHolder holder in account.Holders)
        {
            if (holder.Attached.Find(a => account.FindPolicy(a) is null) is { } missing)
                throw StateFolder.Damaged($"'{holder.Name}' has the policy '{missing}', which is not there");
        }
    }

    /// <summary>An account as it is now. The caller holds its gate.</summary>
    public static SavedAccount Of(IamAccount account) => new(
        account.Partition.Name, account.AccountId, account.Alias, [.. account.Policies.Values], [.. account.Roles.Values],
        [.. account.Users.Values],
        [.. account.Groups.Values], [.. account.InstanceProfiles.Values], [.. account.Providers.Values]);

    /// <summary>Keeps an account. The caller holds its gate.</summary>
    /// <exception cref="Http.ApiError">The disk is full or broken; the account is as it was before.</exception>
    public static void Save(StateFolder state, IamAccount account)
    {
        string document = $"{Folder}/{account.Partition.Name}.{account.AccountId}";
        try { state.Save(document, () => Of(account)); }
        catch (Http.ApiError)
        {
            state.Load<SavedAccount>(document)?.Restore(account);
            throw;
        }
    }
}
