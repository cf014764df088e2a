using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Makes a role for GitHub Actions in one go: identity provider, role with its trust, policy with its grants. What is there
/// already stays as it is.</summary>
/// <param name="aws">The caller's session.</param>
internal sealed class CiRoleService(AwsSession aws)
{
    private readonly ProviderService _providers = new(aws.Iam);
    private readonly CiPolicyService _policies = new(aws.Iam);

    /// <summary>Works out what is to be done.</summary>
    /// <param name="request">What shall be there.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException">As adding trust and granting policies; nothing was changed.</exception>
    public async Task<CiRolePlan> PlanAsync(CiRoleRequest request, CancellationToken cancellationToken)
    {
        TrustStore store = new(aws.Iam, request.Role.RoleName) { ToCreate = (request.Role, token => ArnAsync(request.Role, token)) };
        DocumentEditor<TrustPolicy, TrustSubject> editor =
            new(store, policy => policy.Add(request.Subjects, request.Provider), DocumentSession.Current);
        Edit<TrustPolicy, TrustSubject> trust = await editor.PlanAsync(cancellationToken).ConfigureAwait(false);
        List<string> warnings = [.. trust.Warnings, .. store.Role is null ? [] : Differences(request.Role, store.Role)];
        ProviderPlan? provider = await ProviderAsync(trust, warnings, cancellationToken).ConfigureAwait(false);
        string? newRoleArn = trust.Before is null ? trust.Document.RoleArn : null;
        CiPolicyPlan? grants = request.Grants.Count == 0 ? null
            : await _policies.PlanGrantAsync(request.Policy with { NewRoleArn = newRoleArn }, request.Grants, cancellationToken)
                .ConfigureAwait(false);
        return new(request, provider, editor, trust, grants, warnings)
        {
            Shared = grants is null ? [] : await _policies.SharedAsync(grants, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Carries a plan out, step by step. A step that fails says which ones are done; run again, those are left as they
    /// are.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told of each step that is done.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<(CiRole Role, IReadOnlyList<string> Warnings)> ApplyAsync(
        CiRolePlan plan, IProgress<string> progress, CancellationToken cancellationToken)
    {
        List<string> done = [];
        CiPolicyOutcome? outcome = null;
        try
        {
            if (plan.Provider is { IsChange: true } provider)
            {
                await _providers.ApplyAsync(provider, cancellationToken).ConfigureAwait(false);
                Done(provider.Description);
            }
            if (plan.Trust.Changed)
            {
                plan = plan with { Trust = await plan.Editor.ApplyAsync(cancellationToken).ConfigureAwait(false) };
                Done(plan.TrustStep);
            }
            if (plan.Policy is { } grants)
            {
                outcome = grants.IsChange
                    ? await _policies.ApplyAsync(grants, cancellationToken).ConfigureAwait(false) : CiPolicyService.Unchanged(grants);
                if (grants.IsChange) Done($"Grant the policy {grants.PolicyArn}");
            }
        }
        catch (PizzaException e) when (done.Count > 0)
        {
            throw new PizzaException(e.ErrorId, e.Kind,
                $"{e.Message} Done before that: {string.Join("; ", done)}. Run the command again when this is settled; " +
                "the steps that are done are kept.", e.Target, e);
        }
        return (Record(plan, outcome), [.. plan.Warnings.Union(plan.Trust.Warnings), .. outcome?.Warnings ?? []]);

        void Done(string step)
        {
            done.Add(step);
            progress.Report($"Done: {step}.");
        }
    }

    /// <summary>The record of a plan that changes nothing.</summary>
    /// <param name="plan">A plan without a change.</param>
    public static CiRole Unchanged(CiRolePlan plan) => Record(plan, plan.Policy is null ? null : CiPolicyService.Unchanged(plan.Policy));

    private static CiRole Record(CiRolePlan plan, CiPolicyOutcome? outcome) => new()
    {
        RoleName = plan.Trust.Document.RoleName, RoleArn = plan.Trust.Document.RoleArn,
        Status = plan.IsNew ? ChangeStatus.Created : plan.IsChange ? ChangeStatus.Changed : ChangeStatus.Unchanged,
        Subjects = [.. plan.Trust.Results], ProviderArn = plan.Trust.Results[0].ProviderArn,
        PolicyName = plan.Policy?.Edit.Document.PolicyName, PolicyArn = plan.Policy?.PolicyArn,
        RepositoryName = [.. plan.Request.Grants.Select(g => g.RepositoryName)], Grants = [.. outcome?.Grants ?? []],
    };

    private async Task<ProviderPlan?> ProviderAsync(
        Edit<TrustPolicy, TrustSubject> trust, List<string> warnings, CancellationToken cancellationToken)
    {
        GitHubProvider provider = GitHubProvider.Parse(trust.Results[0].ProviderArn!);
        try { return await _providers.PlanAsync(provider, [provider.Audience], cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            warnings.Add(
                $"It could not be read whether the account has the identity provider {provider.Url} ({e.Message.TrimEnd('.')}). Without " +
                "it, no run can assume the role; " +
                $"{Advice.Run("Register-PizzaOidcProvider").With("-Url", provider.IsPublic ? null : provider.Url)} registers it.");
            return null;
        }
    }

    private async Task<string> ArnAsync(NewRole role, CancellationToken cancellationToken)
    {
        string account = await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
        return $"{Arn.OfIam(aws.Partition, account, $"role{role.Path ?? "/"}{role.RoleName}")}";
    }

    /// <summary>What was asked for and is not so. It is left: a role that is there may have its reasons.</summary>
    private static IEnumerable<string> Differences(NewRole asked, IamRole there)
    {
        if (asked.MaxSessionDuration is { } seconds && there.MaxSessionDuration is { } have && have != seconds)
            yield return $"The role '{there.RoleName}' allows sessions of up to {have} seconds, not {seconds}. That was left as it is; " +
                $"'aws iam update-role --role-name {there.RoleName} --max-session-duration {seconds}' changes it.";
        if (asked.PermissionsBoundary is { } boundary && there.PermissionsBoundary != boundary)
        {
            string has = there.PermissionsBoundary is { } other ? $"the permissions boundary {other}" : "no permissions boundary";
            yield return $"The role '{there.RoleName}' has {has}, not {boundary}. That was left as it is; " +
                "'aws iam put-role-permissions-boundary' changes it.";
        }
        if (asked.Path is { } path && !there.Arn.EndsWith($":role{path}{there.RoleName}", StringComparison.Ordinal))
            yield return $"The role is {there.Arn}; its path cannot be changed to {path}.";
    }
}
