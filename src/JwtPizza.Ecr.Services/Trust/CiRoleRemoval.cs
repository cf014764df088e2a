using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>What removing a CI role comes to; nothing is sent yet.</summary>
/// <param name="Trust">The role with its trust policy.</param>
/// <param name="Attached">The managed policies to detach.</param>
/// <param name="Inline">The names of the policies that are part of the role, and go with it.</param>
/// <param name="Policy">The managed policy to delete; null: none.</param>
/// <param name="Warnings">What the caller should know.</param>
internal sealed record CiRoleRemoval(TrustPolicy Trust, IReadOnlyList<(string Name, string Arn)> Attached, IReadOnlyList<string> Inline,
    IamPolicy? Policy, IReadOnlyList<string> Warnings)
{
    /// <summary>All of it for a reader's eye.</summary>
    public string Description => string.Join('\n', Lines());

    private IEnumerable<string> Lines()
    {
        yield return $"Delete the role {Trust.RoleArn}, which trusts {string.Join(", ", Trust.Subjects().Select(s => $"'{s.Subject}'"))}";
        IEnumerable<string> kept = Attached.Select(a => a.Name).Where(n => n != Policy?.PolicyName).DefaultIfEmpty("nothing");
        if (Attached.Count > 0) yield return $"Detach and keep: {string.Join(", ", kept)}";
        if (Inline.Count > 0) yield return $"Delete its own policies: {string.Join(", ", Inline)}";
        if (Policy is not null) yield return $"Delete the policy {Policy.Arn} with all its versions";
    }
}

/// <summary>Deletes what <see cref="CiRoleService"/> made.</summary>
/// <param name="iam">IAM.</param>
internal sealed class CiRoleRemovalService(IamClient iam)
{
    /// <summary>Works out what is to be done.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="policyName">The managed policy of the role that goes too; null: none.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>; <c>NotACiRole</c>: it serves others too; <c>RoleInUse</c>: it is in an
    /// instance profile.</exception>
    public async Task<CiRoleRemoval> PlanAsync(string roleName, string? policyName, CancellationToken cancellationToken)
    {
        TrustPolicy trust = await new TrustService(iam).ReadAsync(roleName, cancellationToken).ConfigureAwait(false);
        if (!trust.IsForGitHubAlone)
            throw trust.Problem("NotACiRole",
                "trusts others than GitHub, or does not trust GitHub, so others might need the role. " +
                "Remove its subjects (Remove-PizzaTrustSubject) and its permissions (Revoke-PizzaCiPolicy), or delete it by hand",
                    PizzaErrorKind.InvalidOperation);
        List<string> profiles = await iam.ListInstanceProfilesForRoleAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false);
        if (profiles.Count > 0)
            throw new PizzaException("RoleInUse", PizzaErrorKind.InvalidOperation,
                $"The role '{roleName}' is in the instance profile {string.Join(", ", profiles)}, so machines use it. Nothing was changed.",
                roleName);
        List<(string Name, string Arn)> attached =
            await iam.ListAttachedRolePoliciesAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false);
        List<string> warnings = [];
        IamPolicy? policy =
            policyName is null ? null : await PolicyAsync(attached, policyName, warnings, cancellationToken).ConfigureAwait(false);
        return new(trust, attached, await iam.ListRolePoliciesAsync(roleName, cancellationToken).ListAsync().ConfigureAwait(false), policy,
            warnings);
    }

    /// <summary>Carries a plan out, step by step. A step that fails says which ones are done; run again, it goes on there.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told of each step that is done.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<CiRole> ApplyAsync(CiRoleRemoval plan, IProgress<string> progress, CancellationToken cancellationToken)
    {
        List<string> done = [];
        string role = plan.Trust.RoleName;
        try
        {
            foreach ((string name, string arn) in plan.Attached)
                await StepAsync($"Detached {name}", () => Forgiving(() => iam.DetachRolePolicyAsync(role, arn, cancellationToken)))
                    .ConfigureAwait(false);
            foreach (string name in plan.Inline)
                await StepAsync($"Deleted its policy {name}",
                    () => Forgiving(() => iam.DeleteRolePolicyAsync(role, name, cancellationToken))).ConfigureAwait(false);
            await StepAsync($"Deleted the role {role}",
                () => ConsistencyRetry.Usual.RunAsync(() => iam.DeleteRoleAsync(role, cancellationToken), IsConflict, cancellationToken))
                .ConfigureAwait(false);
            if (plan.Policy is { } policy)
                await StepAsync($"Deleted the policy {policy.PolicyName}", () => DeleteAsync(policy, cancellationToken))
                    .ConfigureAwait(false);
        }
        catch (PizzaException e) when (done.Count > 0)
        {
            throw new PizzaException(e.ErrorId, e.Kind,
                $"{e.Message} Done before that: {string.Join("; ", done)}. Run the command again when this is settled; " +
                "it continues from there.", e.Target, e);
        }
        return new()
        {
            RoleName = role, RoleArn = plan.Trust.RoleArn, Status = ChangeStatus.Removed, Subjects = [.. plan.Trust.Subjects()],
            PolicyName = plan.Policy?.PolicyName, PolicyArn = plan.Policy?.Arn,
        };

        async Task StepAsync(string what, Func<Task> step)
        {
            await step().ConfigureAwait(false);
            done.Add(what);
            progress.Report(what + ".");
        }
    }

    // IAM has not seen everywhere yet that policies are gone
    private static bool IsConflict(PizzaException e) => e.ErrorId == "DeleteConflict";

    /// <summary>What is gone already need not be taken away.</summary>
    private static async Task Forgiving(Func<Task> call)
    {
        try { await call().ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { }
    }

    private async Task<IamPolicy?> PolicyAsync(
        List<(string Name, string Arn)> attached, string policyName, List<string> warnings, CancellationToken cancellationToken)
    {
        if (attached.FirstOrDefault(a => string.Equals(a.Name, policyName, StringComparison.OrdinalIgnoreCase)) is not { Arn: { } arn })
        {
            warnings.Add($"The role has no policy '{policyName}', so none is deleted.");
            return null;
        }
        IamPolicy policy = await iam.GetPolicyAsync(arn, cancellationToken).ConfigureAwait(false);
        if (policy.AttachmentCount <= 1 && Arn.Parse(arn).AccountId != "aws") return policy;
        warnings.Add(
            policy.AttachmentCount > 1
                ? $"The policy '{policyName}' is attached to others too, so it stays." : $"The policy '{policyName}' is AWS's, so it " +
                    "stays.");
        return null;
    }

    private async Task DeleteAsync(IamPolicy policy, CancellationToken cancellationToken)
    {
        foreach (IamPolicyVersion version in await iam.ListPolicyVersionsAsync(policy.Arn, cancellationToken).ConfigureAwait(false))
            if (!version.IsDefaultVersion)
                await iam.DeletePolicyVersionAsync(policy.Arn, version.VersionId, cancellationToken).ConfigureAwait(false);
        await ConsistencyRetry.Usual.RunAsync(() => iam.DeletePolicyAsync(policy.Arn, cancellationToken), IsConflict, cancellationToken)
            .ConfigureAwait(false);
    }
}
