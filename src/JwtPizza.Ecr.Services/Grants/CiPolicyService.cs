using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>Granting a CI role what it needs for repositories, and taking it back.</summary>
/// <param name="iam">IAM.</param>
internal sealed partial class CiPolicyService(IamClient iam)
{
    /// <summary>Works out a grant, without making it.</summary>
    /// <param name="target">Role and policy; a policy that is missing is to be created.</param>
    /// <param name="grants">One for each repository.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>AwsManagedPolicy</c>, <c>ForeignPolicy</c>, <c>PolicyTooLong</c>,
    /// <c>DuplicateJsonKey</c>.</exception>
    public Task<CiPolicyPlan> PlanGrantAsync(CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        PlanAsync(target, policy => policy.Grant(grants), isGrant: true, cancellationToken);

    /// <summary>Works out what taking grants back comes to, without doing it.</summary>
    /// <param name="target">Role and policy.</param>
    /// <param name="grants">One for each repository.</param>
    /// <param name="alsoTaskRoles">Take the task roles out even while other repositories are granted.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>AwsManagedPolicy</c>, <c>ForeignPolicy</c>,
    /// <c>DuplicateJsonKey</c>.</exception>
    public Task<CiPolicyPlan> PlanRevokeAsync(
        CiPolicyTarget target, IReadOnlyList<CiGrant> grants, bool alsoTaskRoles, CancellationToken cancellationToken) =>
        PlanAsync(target, policy => policy.Revoke(grants, alsoTaskRoles), isGrant: false, cancellationToken);

    /// <summary>What the caller should know before a plan is carried out: a policy that others have too changes what they may do, and gives
    /// the role what was granted to them.</summary>
    /// <param name="plan">From one of the plan methods.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<string>> SharedAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.IsChange || plan.VersionId is null) return [];
        string name = plan.Edit.Document.PolicyName;
        string[] others;
        try
        {
            others = [.. from holder in await HoldersAsync(plan.PolicyArn, cancellationToken).ConfigureAwait(false)
                where holder != ("role", plan.RoleName) select $"the {holder.Kind} '{holder.Name}'"];
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            return [$"Without iam:ListEntitiesForPolicy, it is not known whether others than the role '{plan.RoleName}' have " +
                $"the policy '{name}'. The change applies to them too."];
        }
        if (others is []) return [];
        string all = string.Join(", ", others);
        string own = plan.PolicyArn.EndsWith($"/{CiPolicy.NameFor(plan.RoleName)}", StringComparison.Ordinal)
            ? "" : $" Without -PolicyName, the role gets its own policy, '{CiPolicy.NameFor(plan.RoleName)}'.";
        return
        [
            .. plan.Edit.Changed
                ? [$"The policy '{name}' is attached to {all} too: the change applies to them as well.{own}"] : (string[])[],
            .. plan.Attach ? [$"The role '{plan.RoleName}' gets all that the policy '{name}' already allows {all}.{own}"] : (string[])[],
        ];
    }

    /// <summary>Who has a policy, or is bounded by it: <c>role</c>, <c>user</c> or <c>group</c>, and the name.</summary>
    /// <param name="policyArn">The policy.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<(string Kind, string Name)>> HoldersAsync(string policyArn, CancellationToken cancellationToken) =>
        await iam.ListEntitiesForPolicyAsync(policyArn, cancellationToken).ListAsync().ConfigureAwait(false);

    /// <summary>Carries a plan out. When somebody else changes the policy at the same time, both changes stay.</summary>
    /// <param name="plan">From one of the plan methods.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>PolicyNotAsWritten</c>: the version before is the default again;
    /// <c>ConcurrentEdit</c>.</exception>
    public async Task<CiPolicyOutcome> ApplyAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        Edit<CiPolicy, GrantResult<CiGrant>> made =
            plan.Edit.Changed ? await plan.Editor.ApplyAsync(cancellationToken).ConfigureAwait(false) : plan.Edit;
        if (plan.Attach) await AttachAsync(plan, cancellationToken).ConfigureAwait(false);
        return new([.. made.Results.Select(r => Record(plan, made.Document, r, CiPolicyPlan.Version(plan.Editor)!))], made.Warnings);
    }

    /// <summary>The records of a plan that changes nothing.</summary>
    /// <param name="plan">A plan without a change.</param>
    public static CiPolicyOutcome Unchanged(CiPolicyPlan plan) =>
        new([.. plan.Edit.Results.Select(r => Record(plan, plan.Edit.Document, r, plan.VersionId!))], plan.Edit.Warnings);

    private async Task<CiPolicyPlan> PlanAsync(CiPolicyTarget target, Func<CiPolicy, Edit<CiPolicy, GrantResult<CiGrant>>> change,
        bool isGrant, CancellationToken cancellationToken)
    {
        (string arn, bool attached) = await FindAsync(target, cancellationToken).ConfigureAwait(false);
        CiPolicyStore store = new(iam, arn);
        DocumentEditor<CiPolicy, GrantResult<CiGrant>> editor = new(store, change, DocumentSession.Current);
        CiPolicyPlan plan = new(target, arn, store, editor,
            await editor.PlanAsync(cancellationToken).ConfigureAwait(false)) { Attach = isGrant && !attached };
        if (plan.VersionId is null && !(isGrant && target.PolicyArn is null))
            throw ErrorCatalog.PolicyNotFound(arn, isGrant ? ". Give -PolicyName instead of -PolicyArn to have it created."
                : $". 'aws iam list-attached-role-policies --role-name {target.RoleName}' shows what the role has; " +
                    "name that with -PolicyName.");
        return plan;
    }

    private async Task<FoundPolicy> FindAsync(CiPolicyTarget target, CancellationToken cancellationToken)
    {
        if (target.PolicyArn is not null) RefuseManaged(target.PolicyArn);
        else if (!PolicyNamePattern().IsMatch(target.PolicyName))
            throw ErrorCatalog.InvalidPolicyName(target.PolicyName,
                "1 to 128 letters, digits and '+=,.@_-'. Name one with -PolicyName.");
        if (target.NewRoleArn is null && await AttachedAsync(target, cancellationToken).ConfigureAwait(false) is { } attached)
        {
            RefuseManaged(attached);
            return new(attached, true);
        }
        Arn role = Arn.Parse(target.NewRoleArn ?? (await iam.GetRoleAsync(target.RoleName, cancellationToken).ConfigureAwait(false)).Arn);
        if (target.PolicyArn is not null && (!Arn.TryParse(target.PolicyArn, out Arn? policy) || policy.AccountId != role.AccountId))
            throw new PizzaException("ForeignPolicy", PizzaErrorKind.InvalidArgument,
                $"'{target.PolicyArn}' is not a managed policy of the account {role.AccountId}, to which the role '{target.RoleName}' " +
                $"belongs. Give the ARN of one ({Arn.OfIam(role.Partition, role.AccountId, "policy/NAME")}), or just its name with " +
                "-PolicyName.",
                    target.PolicyArn);
        return new(target.PolicyArn ?? $"{Arn.OfIam(role.Partition, role.AccountId, $"policy/{target.PolicyName}")}", false);
    }

    /// <summary>The ARN of the policy, if the role has it.</summary>
    private async Task<string?> AttachedAsync(CiPolicyTarget target, CancellationToken cancellationToken)
    {
        bool isAwaited = await IsAwaitedAsync(target.RoleName, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ConsistencyRetry.Usual.RunAsync(FindAsync, e => isAwaited && e.ErrorId == "NoSuchEntity", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity")
        {
            throw ErrorCatalog.RoleNotFound(target.RoleName, e);
        }

        async Task<string?> FindAsync()
        {
            await foreach ((string name,
                string arn) in iam.ListAttachedRolePoliciesAsync(target.RoleName, cancellationToken).ConfigureAwait(false))
                if (target.PolicyArn is null
                    ? string.Equals(name, target.PolicyName, StringComparison.OrdinalIgnoreCase) : arn == target.PolicyArn)
                    return arn;
            return null;
        }
    }

    /// <summary>Whether the role was made or changed a moment ago, so that it may not be known everywhere yet.</summary>
    private Task<bool> IsAwaitedAsync(string roleName, CancellationToken cancellationToken) =>
        new TrustStore(iam, roleName).IsAwaitedAsync(DocumentSession.Current, cancellationToken);

    private async Task AttachAsync(CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        bool isNew = plan.Store.IsNew,
            mayPass = plan.RoleIsNew || isNew || await IsAwaitedAsync(plan.RoleName, cancellationToken).ConfigureAwait(false);
        try
        {
            await ConsistencyRetry.Usual.RunAsync(() => iam.AttachRolePolicyAsync(plan.RoleName, plan.PolicyArn, cancellationToken),
                e => mayPass && e.ErrorId == "NoSuchEntity", cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException) when (isNew)
        {
            await iam.DeletePolicyAsync(plan.PolicyArn, CancellationToken.None).ConfigureAwait(false);   // nothing half done
            throw;
        }
    }

    private sealed record FoundPolicy(string Arn, bool Attached);

    private static void RefuseManaged(string arn)
    {
        if (!Arn.TryParse(arn, out Arn? policy) || policy is not { Service: "iam", AccountId: "aws" }) return;
        throw new PizzaException("AwsManagedPolicy", PizzaErrorKind.InvalidOperation,
            $"'{arn}' is managed by AWS and cannot be changed. Name a policy of your own with -PolicyName; it is created if it is missing.",
            arn);
    }

    private static CiPolicyGrant Record(CiPolicyPlan plan, CiPolicy document, GrantResult<CiGrant> result, string versionId) =>
        CiPolicyReader.Record(plan.RoleName, plan.PolicyArn, document, versionId, CiPolicyReach.Of(document, result.Grant)) with
        {
            Status = result.Status, Sids = [.. result.Sids],
        };

    [GeneratedRegex(@"\A[\w+=,.@-]{1,128}\z", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex PolicyNamePattern();
}
