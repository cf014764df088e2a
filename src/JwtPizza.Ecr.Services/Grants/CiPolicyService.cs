using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>Granting a CI role what it needs for repositories, and taking it back.</summary>
public sealed partial class CiPolicyService
{
    private readonly IPolicyStore _iam;
    private readonly PolicyWriter _writer;

    /// <summary>On IAM.</summary>
    /// <param name="iam">The client.</param>
    public CiPolicyService(IamClient iam) : this(iam, TimeSpan.FromMilliseconds(100)) { }

    internal CiPolicyService(IPolicyStore iam, TimeSpan pause) => (_iam, _writer) = (iam, new(iam, pause));

    /// <summary>Works out a grant, without making it.</summary>
    /// <param name="target">Role and policy; a policy that is missing is to be created.</param>
    /// <param name="grants">One for each repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>AwsManagedPolicy</c>, <c>ForeignPolicy</c>, <c>PolicyTooLong</c>, <c>DuplicateJsonKey</c>.</exception>
    public async Task<CiPolicyPlan> PlanGrantAsync(CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        await PlanAsync(target, policy => policy.Grant(grants), isGrant: true, cancellationToken).ConfigureAwait(false);

    /// <summary>Works out what taking grants back comes to, without doing it.</summary>
    /// <param name="target">Role and policy.</param>
    /// <param name="grants">One for each repository.</param>
    /// <param name="alsoTaskRoles">Take the task roles out even while other repositories are granted.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>AwsManagedPolicy</c>, <c>ForeignPolicy</c>, <c>DuplicateJsonKey</c>.</exception>
    public async Task<CiPolicyPlan> PlanRevokeAsync(CiPolicyTarget target, IReadOnlyList<CiGrant> grants, bool alsoTaskRoles, CancellationToken cancellationToken) =>
        await PlanAsync(target, policy => policy.Revoke(grants, alsoTaskRoles), isGrant: false, cancellationToken).ConfigureAwait(false);

    /// <summary>Carries a plan out. When somebody else changes the policy at the same time, both changes stay.</summary>
    /// <param name="plan">From one of the plan methods.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>PolicyNotAsWritten</c>: the version before is the default again; <c>PolicyBusy</c>.</exception>
    public async Task<CiPolicyOutcome> ApplyAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        PolicyWriter.Written written = await _writer.WriteAsync(plan, cancellationToken).ConfigureAwait(false);
        if (plan.Attach) await AttachAsync(plan, written.Created, cancellationToken).ConfigureAwait(false);
        return new([.. written.Edit.Results.Select(r => Record(plan, r, written.VersionId))], [.. written.Edit.Warnings, .. written.Warnings]);
    }

    /// <summary>The records of a plan that changes nothing.</summary>
    /// <param name="plan">A plan without a change.</param>
    public static CiPolicyOutcome Unchanged(CiPolicyPlan plan) => new([.. plan.Edit.Results.Select(r => Record(plan, r, plan.VersionId!))], plan.Edit.Warnings);

    private async Task<CiPolicyPlan> PlanAsync(CiPolicyTarget target, Func<CiPolicy, CiPolicyEdit> change, bool isGrant, CancellationToken cancellationToken)
    {
        (string arn, bool attached) = await FindAsync(target, cancellationToken).ConfigureAwait(false);
        CiPolicyPlan plan = await _writer.PlanAsync(new(target.RoleName, arn, change, null!, null, isGrant && !attached) { RoleIsNew = target.NewRoleArn is not null }, cancellationToken).ConfigureAwait(false);
        if (plan.VersionId is null && !(isGrant && target.PolicyArn is null))
            throw new PizzaException("NoSuchEntity", PizzaErrorKind.NotFound, $"There is no policy '{arn}'. " +
                (isGrant ? "Give -PolicyName instead of -PolicyArn to have it created." : $"See with 'aws iam list-attached-role-policies --role-name {target.RoleName}' what the role has, and name it with -PolicyName."), arn);
        return plan;
    }

    private async Task<(string Arn, bool Attached)> FindAsync(CiPolicyTarget target, CancellationToken cancellationToken)
    {
        if (target.PolicyArn is not null) RefuseManaged(target.PolicyArn);
        else if (!PolicyNamePattern().IsMatch(target.PolicyName))
            throw new PizzaException("InvalidPolicyName", PizzaErrorKind.InvalidArgument, $"'{target.PolicyName}' cannot be the name of an IAM policy: 1 to 128 letters, digits and '+=,.@_-'. Name one with -PolicyName.", target.PolicyName);
        Arn role = Arn.Parse(target.NewRoleArn ?? (await RoleAsync(target.RoleName, cancellationToken).ConfigureAwait(false)).Arn);
        if (target.PolicyArn is not null && (!Arn.TryParse(target.PolicyArn, out Arn? policy) || policy.AccountId != role.AccountId))
            throw new PizzaException("ForeignPolicy", PizzaErrorKind.InvalidArgument,
                $"'{target.PolicyArn}' is not a managed policy of the account {role.AccountId}, to which the role '{target.RoleName}' belongs. " +
                $"Give the ARN of one ({Arn.OfIam(role.Partition, role.AccountId, "policy/NAME")}), or just its name with -PolicyName.", target.PolicyArn);
        string otherwise = target.PolicyArn ?? $"{Arn.OfIam(role.Partition, role.AccountId, $"policy/{target.PolicyName}")}";
        if (target.NewRoleArn is not null) return (otherwise, false);
        await foreach ((string name, string arn) in _iam.ListAttachedRolePoliciesAsync(target.RoleName, cancellationToken).ConfigureAwait(false))
        {
            if (target.PolicyArn is null ? !string.Equals(name, target.PolicyName, StringComparison.OrdinalIgnoreCase) : arn != target.PolicyArn) continue;
            RefuseManaged(arn);
            return (arn, true);
        }
        return (otherwise, false);
    }

    private async Task<IamRole> RoleAsync(string roleName, CancellationToken cancellationToken)
    {
        try { return await _iam.GetRoleAsync(roleName, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity")
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"There is no role '{roleName}' in this account. Name another with -RoleName, or create it first. Nothing was changed.", roleName, e);
        }
    }

    private async Task AttachAsync(CiPolicyPlan plan, bool created, CancellationToken cancellationToken)
    {
        try
        {
            await ConsistencyRetry.Usual.RunAsync(() => _iam.AttachRolePolicyAsync(plan.RoleName, plan.PolicyArn, cancellationToken),
                e => (plan.RoleIsNew || created) && e.ErrorId == "NoSuchEntity", cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException) when (created)
        {
            await _iam.DeletePolicyAsync(plan.PolicyArn, CancellationToken.None).ConfigureAwait(false);   // nothing half done
            throw;
        }
    }

    private static void RefuseManaged(string arn)
    {
        if (!Arn.TryParse(arn, out Arn? policy) || policy is not { Service: "iam", AccountId: "aws" }) return;
        throw new PizzaException("AwsManagedPolicy", PizzaErrorKind.InvalidOperation, $"'{arn}' is managed by AWS and cannot be changed. Name a policy of your own with -PolicyName; it is created if it is missing.", arn);
    }

    private static CiPolicyGrant Record(CiPolicyPlan plan, CiGrantResult result, string versionId) => new()
    {
        RoleName = plan.RoleName, PolicyName = plan.Edit.Policy.PolicyName, PolicyArn = plan.PolicyArn, VersionId = versionId, Status = result.Status, Sids = [.. result.Sids],
        RepositoryName = result.Grant.RepositoryName, RegistryId = result.Grant.RegistryId, Region = result.Grant.Region, RepositoryArn = result.Grant.RepositoryArn,
    };

    [GeneratedRegex(@"\A[\w+=,.@-]{1,128}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex PolicyNamePattern();
}
