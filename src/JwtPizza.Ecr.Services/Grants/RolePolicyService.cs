using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>A managed policy and a role, as they are.</summary>
/// <param name="RoleName">The role.</param>
/// <param name="PolicyName">The policy's name.</param>
/// <param name="PolicyArn">Its ARN.</param>
/// <param name="Attached">The names of the policies that the role has.</param>
/// <param name="IsAttached">Whether this one is among them.</param>
internal sealed record RolePolicyPlan(string RoleName, string PolicyName, string PolicyArn, IReadOnlyList<string> Attached, bool IsAttached)
{
    /// <summary>The record of an act.</summary>
    /// <param name="status">What was done.</param>
    public RolePolicy Record(ChangeStatus status) =>
        new() { RoleName = RoleName, PolicyName = PolicyName, PolicyArn = PolicyArn, Status = status };
}

/// <summary>Attaches managed policies to roles, and detaches them.</summary>
/// <param name="iam">IAM.</param>
internal sealed partial class RolePolicyService(IamClient iam)
{
    /// <summary>Where AWS keeps its policies: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html</summary>
    private static readonly string[] s_awsPaths = ["", "service-role/", "job-function/"];

    /// <summary>Finds role and policy.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="policy">The policy's name, with or without its path, or its ARN.</param>
    /// <param name="ofRole">Look among the role's policies only: to take one away.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>InvalidRoleName</c>, <c>InvalidPolicyName</c>,
    /// <c>AmbiguousPolicyName</c>.</exception>
    public async Task<RolePolicyPlan> PlanAsync(string roleName, string policy, bool ofRole, CancellationToken cancellationToken)
    {
        if (!(ArnPattern().IsMatch(policy) || NamePattern().IsMatch(policy)))
            throw ErrorCatalog.InvalidPolicyName(policy,
                "it is not a valid ARN either. Give a name such as 'AmazonDynamoDBFullAccess', one " +
                "with its path such as 'service-role/AmazonECSTaskExecutionRolePolicy', or an ARN such as " +
                "'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess'.");
        (IamRole role, List<(string Name, string Arn)> attached) =
            await RoleAsync(RoleNames.Check(roleName), cancellationToken).ConfigureAwait(false);
        (string Name, string Arn)[] there = [.. attached.Where(a => Means(policy, a.Arn))];
        (string name, string arn) = there.Length == 1 ? there[0]
            : there.Length > 1 ? throw Ambiguous(policy, there.Select(t => t.Arn))
            : ofRole ? (policy[(policy.LastIndexOf('/') + 1)..], Arn.IsMeant(policy) ? policy : "")
            : await FindAsync(policy, Arn.Parse(role.Arn), cancellationToken).ConfigureAwait(false);
        return new(role.RoleName, name, arn, [.. attached.Select(a => a.Name)], there.Length == 1);
    }

    /// <summary>Attaches.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>LimitExceeded</c>: the role has as many policies as the account's quota allows.</exception>
    public async Task<RolePolicy> GrantAsync(RolePolicyPlan plan, CancellationToken cancellationToken)
    {
        try { await iam.AttachRolePolicyAsync(plan.RoleName, plan.PolicyArn, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "LimitExceeded")
        {
            throw new PizzaException(e.ErrorId, e.Kind,
                $"The role '{plan.RoleName}' has {plan.Attached.Count} managed policies ({string.Join(", ", plan.Attached)}), and the " +
                $"account allows no more: {e.Message.TrimEnd('.')}. " +
                "Detach one (Revoke-PizzaRolePolicy), combine some of your own in one policy, or ask AWS to raise IAM's quota 'Managed " +
                "policies per role' (10 at first).", plan.RoleName, e);
        }
        return plan.Record(ChangeStatus.Created);
    }

    /// <summary>Detaches.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<RolePolicy> RevokeAsync(RolePolicyPlan plan, CancellationToken cancellationToken)
    {
        try { await iam.DetachRolePolicyAsync(plan.RoleName, plan.PolicyArn, cancellationToken).ConfigureAwait(false); }
        // somebody else was quicker
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return plan.Record(ChangeStatus.Unchanged); }
        return plan.Record(ChangeStatus.Removed);
    }

    private async Task<(IamRole Role, List<(string Name, string Arn)> Attached)> RoleAsync(
        string roleName, CancellationToken cancellationToken)
    {
        try
        {
            IamRole role = await iam.GetRoleAsync(roleName, cancellationToken).ConfigureAwait(false);
            List<(string, string)> attached = [];
            await foreach ((string, string) policy in iam.ListAttachedRolePoliciesAsync(roleName, cancellationToken).ConfigureAwait(false))
                attached.Add(policy);
            return (role, attached);
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity")
        {
            throw ErrorCatalog.RoleNotFound(roleName, e)
                .With("The console of Elastic Beanstalk or ECS creates the roles of instances and tasks.");
        }
    }

    /// <summary>By the names that it would have, which needs one right and a call or two; then among all that there are.</summary>
    private async Task<(string Name, string Arn)> FindAsync(string policy, Arn role, CancellationToken cancellationToken)
    {
        if (Arn.IsMeant(policy))
            return await TryAsync(policy, cancellationToken).ConfigureAwait(false) ?? throw NotThere(policy, []);
        string[] paths = policy.Contains('/', StringComparison.Ordinal) ? [""] : s_awsPaths;
        IEnumerable<Arn> guesses = paths.Select(p => Arn.OfIam(role.Partition, "aws", $"policy/{p}{policy}"))
            .Prepend(Arn.OfIam(role.Partition, role.AccountId, $"policy/{policy}"));
        List<(string Name, string Arn)> found = [];
        foreach (Arn arn in guesses)
            if (await TryAsync($"{arn}", cancellationToken).ConfigureAwait(false) is { } there) found.Add(there);
        return found switch
        {
            [var only] => only,
            [_, ..] => throw Ambiguous(policy, found.Select(f => f.Arn)),
            [] => await SearchAsync(policy, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<(string Name, string Arn)?> TryAsync(string arn, CancellationToken cancellationToken)
    {
        try
        {
            return await iam.GetPolicyAsync(arn, cancellationToken).ConfigureAwait(false) is var policy
                ? (policy.PolicyName, policy.Arn) : null;
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return null; }
    }

    private async Task<(string Name, string Arn)> SearchAsync(string policy, CancellationToken cancellationToken)
    {
        List<(string Name, string Arn)> found = [];
        List<string> alike = [];
        string bare = policy[(policy.LastIndexOf('/') + 1)..];
        await foreach (IamPolicy one in iam.ListPoliciesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Means(policy, one.Arn)) found.Add((one.PolicyName, one.Arn));
            else if (one.PolicyName.Contains(bare, StringComparison.OrdinalIgnoreCase)
                || bare.Contains(one.PolicyName, StringComparison.OrdinalIgnoreCase))
                alike.Add(one.PolicyName);
        }
        return found switch
        {
            [var only] => only,
            [_, ..] => throw Ambiguous(policy, found.Select(f => f.Arn)),
            [] => throw NotThere(policy, alike),
        };
    }

    /// <summary>IAM's names differ not by case alone.</summary>
    private static bool Means(string policy, string arn) =>
        arn.Equals(policy, StringComparison.OrdinalIgnoreCase)
            || (!Arn.IsMeant(policy) && arn.EndsWith("/" + policy, StringComparison.OrdinalIgnoreCase));

    private static PizzaException NotThere(string policy, List<string> alike)
    {
        string there = alike is [] ? "" : $" There are: {string.Join(", ", alike.Order(StringComparer.Ordinal).Take(5))}.";
        return ErrorCatalog.PolicyNotFound(policy,
            $" among those of AWS and of this account.{there} 'aws iam list-policies' lists them all.");
    }

    private static PizzaException Ambiguous(string policy, IEnumerable<string> arns) =>
        new("AmbiguousPolicyName", PizzaErrorKind.InvalidArgument,
        $"'{policy}' is the name of several policies: {string.Join(", ", arns)}. Specify the ARN of one of them with -PolicyArn.",
        policy);

    [GeneratedRegex(@"\Aarn:[a-z-]+:iam::(\d{12}|aws):policy/([\x21-\x7e]+/)?[\w+=,.@-]{1,128}\z", RegexOptions.ECMAScript)]
    private static partial Regex ArnPattern();

    [GeneratedRegex(@"\A([\w+=,.@-]+/)*[\w+=,.@-]{1,128}\z", RegexOptions.ECMAScript)]
    private static partial Regex NamePattern();
}
