using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Makes a role for GitHub Actions in one go: identity provider, role with its trust, policy with its grants. What is there already stays as it is.</summary>
/// <param name="aws">The caller's session.</param>
public sealed class CiRoleService(AwsSession aws)
{
    private const string Empty = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": []\n}";
    private readonly TrustService _trust = new(aws.Iam);
    private readonly ProviderService _providers = new(aws.Iam);
    private readonly CiPolicyService _policies = new(aws.Iam);

    /// <summary>Works out what is to be done.</summary>
    /// <param name="request">What shall be there.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException">As adding trust and granting policies; nothing was changed.</exception>
    public async Task<CiRolePlan> PlanAsync(CiRoleRequest request, CancellationToken cancellationToken)
    {
        IamRole? existing = await FindAsync(request.Role.RoleName, cancellationToken).ConfigureAwait(false);
        TrustPolicy policy = existing is null
            ? TrustPolicy.Parse(request.Role.RoleName, $"{Arn.OfIam(aws.Partition, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false), $"role{request.Role.Path ?? "/"}{request.Role.RoleName}")}", Empty)
            : TrustPolicy.Parse(existing.RoleName, existing.Arn, existing.AssumeRolePolicyDocument);
        TrustEdit trust = policy.Add(request.Subjects, request.Provider);
        await _trust.FitAsync(trust.Policy, cancellationToken).ConfigureAwait(false);
        List<string> warnings = [.. trust.Warnings, .. existing is null ? [] : Differences(request.Role, existing)];
        ProviderPlan? provider = await ProviderAsync(trust, warnings, cancellationToken).ConfigureAwait(false);
        CiPolicyPlan? grants = request.Grants.Count == 0 ? null
            : await _policies.PlanGrantAsync(request.Policy with { NewRoleArn = existing is null ? policy.RoleArn : null }, request.Grants, cancellationToken).ConfigureAwait(false);
        return new(request, provider, existing is null, trust, grants, warnings);
    }

    /// <summary>Carries a plan out, step by step. A step that fails says which ones are done; run again, those are left as they are.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told of each step that is done.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<(CiRole Role, IReadOnlyList<string> Warnings)> ApplyAsync(CiRolePlan plan, IProgress<string> progress, CancellationToken cancellationToken)
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
            if (plan.IsNew || plan.Trust.Changed)
            {
                plan = plan with { Trust = await TrustAsync(plan, cancellationToken).ConfigureAwait(false) };
                Done(plan.TrustStep);
            }
            if (plan.Policy is { } grants)
            {
                outcome = grants.IsChange ? await _policies.ApplyAsync(grants, cancellationToken).ConfigureAwait(false) : CiPolicyService.Unchanged(grants);
                if (grants.IsChange) Done($"Grant the policy {grants.PolicyArn}");
            }
        }
        catch (PizzaException e) when (done.Count > 0)
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} Done before that: {string.Join("; ", done)}. Run the command again when this is settled; what is done is left as it is.", e.Target, e);
        }
        return (Record(plan, outcome), [.. plan.Warnings, .. outcome?.Warnings ?? []]);

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
        RoleName = plan.Trust.Policy.RoleName, RoleArn = plan.Trust.Policy.RoleArn,
        Status = plan.IsNew ? CiRoleStatus.Created : plan.IsChange ? CiRoleStatus.Updated : CiRoleStatus.Unchanged,
        Subjects = [.. plan.Trust.Subjects], ProviderArn = plan.Trust.Subjects[0].ProviderArn,
        PolicyName = plan.Policy?.Edit.Policy.PolicyName, PolicyArn = plan.Policy?.PolicyArn,
        RepositoryName = [.. plan.Request.Grants.Select(g => g.RepositoryName)], Grants = [.. outcome?.Grants ?? []],
    };

    private async Task<IamRole?> FindAsync(string roleName, CancellationToken cancellationToken)
    {
        try { return await aws.Iam.GetRoleAsync(RoleNames.Check(roleName), cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return null; }
    }

    private async Task<ProviderPlan?> ProviderAsync(TrustEdit trust, List<string> warnings, CancellationToken cancellationToken)
    {
        GitHubProvider provider = GitHubProvider.Parse(trust.Subjects[0].ProviderArn!);
        try { return await _providers.PlanAsync(provider, [provider.Audience], cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            warnings.Add($"Whether the account knows the identity provider {provider.Url} could not be seen ({e.Message.TrimEnd('.')}). Without it no run gets in; Register-PizzaOidcProvider registers it.");
            return null;
        }
    }

    private async Task<TrustEdit> TrustAsync(CiRolePlan plan, CancellationToken cancellationToken)
    {
        if (!plan.IsNew) return await _trust.EditAsync(plan.Request.Role.RoleName, policy => policy.Add(plan.Request.Subjects, plan.Request.Provider), cancellationToken).ConfigureAwait(false);
        string document = await _trust.FitAsync(plan.Trust.Policy, cancellationToken).ConfigureAwait(false);
        try { await aws.Iam.CreateRoleAsync(plan.Request.Role with { TrustPolicy = document }, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "EntityAlreadyExists")
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"Somebody made the role '{plan.Request.Role.RoleName}' at this moment. Run the command again, and it is brought into line.", plan.Request.Role.RoleName, e);
        }
        return plan.Trust;
    }

    /// <summary>What was asked for and is not so. It is left: a role that is there may have its reasons.</summary>
    private static IEnumerable<string> Differences(NewRole asked, IamRole there)
    {
        if (asked.MaxSessionDuration is { } seconds && there.MaxSessionDuration is { } have && have != seconds)
            yield return $"The role '{there.RoleName}' allows sessions of up to {have} seconds, not {seconds}. That was left as it is; 'aws iam update-role --role-name {there.RoleName} --max-session-duration {seconds}' changes it.";
        if (asked.PermissionsBoundary is { } boundary && there.PermissionsBoundary != boundary)
            yield return $"The role '{there.RoleName}' has {(there.PermissionsBoundary is { } other ? $"the permissions boundary {other}" : "no permissions boundary")}, not {boundary}. That was left as it is; 'aws iam put-role-permissions-boundary' changes it.";
        if (asked.Path is { } path && !there.Arn.EndsWith($":role{path}{there.RoleName}", StringComparison.Ordinal))
            yield return $"The role is {there.Arn}; its path cannot be changed to {path}.";
    }
}
