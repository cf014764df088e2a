using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.State;

/// <summary>How one CI role differs from what a file says, and what makes it so.</summary>
internal sealed class RoleDifferences
{
    private readonly AwsSession _aws;
    private readonly string _name;
    private readonly RoleState _wanted;
    private readonly Arn _place;
    private readonly CiPolicyTarget _target;
    private readonly DifferenceList _found;

    private RoleDifferences(AwsSession aws, string name, RoleState wanted, Arn place) =>
        (_aws, _name, _wanted, _place, _target, _found) =
            (aws, name, wanted, place, CiPolicyTarget.For(name, wanted.PolicyName), new($"roles.{name}"));

    /// <summary>The differences of a role that the file holds.</summary>
    /// <param name="aws">The account.</param>
    /// <param name="name">The role.</param>
    /// <param name="wanted">What the file says.</param>
    /// <param name="there">What is there; null for nothing.</param>
    /// <param name="place">The ARN of a repository of the registry without its name.</param>
    public static StateGroup? Of(AwsSession aws, string name, RoleState wanted, RoleReading? there, Arn place)
    {
        RoleDifferences differences = new(aws, name, wanted, place);
        if (there is null) differences.Create();
        else differences.Trust(there.Trust);
        differences.Push(there);
        if (there is not null) differences.TaskRoles(there.Policy);
        differences._found.Statements("otherStatements", wanted.OtherStatements, there?.Others ?? new Dictionary<string, string>());
        return differences._found.Group;
    }

    /// <summary>A role that the file does not hold.</summary>
    public static StateGroup Extra(AwsSession aws, TrustPolicy there)
    {
        DifferenceList found = new($"roles.{there.RoleName}");
        string subjects = $"trusts {string.Join(", ", there.Subjects().Select(s => s.Subject).Distinct())}";
        found.Extra("", subjects, "Delete the role", async token =>
        {
            CiRoleRemovalService roles = new(aws.Iam);
            CiRoleRemoval plan = await roles.PlanAsync(there.RoleName, null, token).ConfigureAwait(false);
            CiRole gone = await roles.ApplyAsync(plan, new Progress<string>(), token).ConfigureAwait(false);
            return new(gone.Status ?? ChangeStatus.Removed, plan.Warnings);
        });
        return found.Group!;
    }

    private void Create() => _found.Missing("", $"trusts {string.Join(", ", _wanted.Trust)}", "Create the role", async token =>
    {
        CiRoleService roles = new(_aws);
        CiRolePlan plan = await roles.PlanAsync(
            new(new(_name, ""), [.. _wanted.Trust.Select(GitHubSubject.Parse)], _target, []), token).ConfigureAwait(false);
        (CiRole role, IReadOnlyList<string> warnings) =
            await roles.ApplyAsync(plan, new Progress<string>(), token).ConfigureAwait(false);
        return new(role.Status ?? ChangeStatus.Unchanged, warnings);
    }, isFirst: true);

    private void Trust(TrustPolicy there)
    {
        TrustService trust = new(_aws.Iam);
        foreach (string subject in _wanted.Trust)
        {
            GitHubSubject asked = GitHubSubject.Parse(subject);
            if (IsTrusted(there, asked)) continue;
            _found.Missing($"trust.{subject}", "trusted", $"Trust '{subject}'", async token =>
                StateOutcome.Of(await trust.EditAsync(_name, p => p.Add([asked]), token).ConfigureAwait(false)) with
                {
                    Status = ChangeStatus.Created,
                });
        }
        foreach (string subject in there.Subjects().Select(s => s.Subject).Distinct().Except(_wanted.Trust))
            _found.Extra($"trust.{subject}", "trusted", $"Do not trust '{subject}'", async token =>
                StateOutcome.Of(await trust.EditAsync(_name, p => p.Remove([subject], force: true), token).ConfigureAwait(false)) with
                {
                    Status = ChangeStatus.Removed,
                });
    }

    // why a policy cannot take a subject is for the act to say
    private static bool IsTrusted(TrustPolicy there, GitHubSubject subject)
    {
        try { return !there.Add([subject]).Changed; }
        catch (PizzaException) { return false; }
    }

    private void Push(RoleReading? there)
    {
        CiPolicy policy = there?.Policy ?? CiPolicy.Parse(_target.PolicyName, null);
        Dictionary<string, CiGrant> has = StateGrant.In(policy).ToDictionary(g => g.RepositoryArn);
        (string Repository, CiGrant Grant)[] wanted =
        [
            .. _wanted.Push.Select(p => (p.Key,
                StateGrant.Of(p.Key, p.Value, _wanted.TaskRoles, _place.Partition, _place.Region, _place.AccountId))),
        ];
        CiGrant[] held = [.. wanted.Select(w => has.GetValueOrDefault(w.Grant.RepositoryArn)).OfType<CiGrant>()];
        if (there is { IsAttached: false } && held.Length > 0)
            _found.Missing("policyName", _target.PolicyName, $"Attach the policy {_target.PolicyName}", token => GrantAsync(held, token));
        foreach ((string repository, CiGrant grant) in wanted) Push(policy, repository, grant, has.GetValueOrDefault(grant.RepositoryArn));
        if (there is { IsAttached: false } && held.Length == 0) return;   // what it grants is nothing to the role
        foreach (CiGrant extra in has.Values.Where(h => !wanted.Any(w => w.Grant.RepositoryArn == h.RepositoryArn)))
            _found.Extra($"push.{RoleReading.Short(extra.RepositoryArn, $"{_place}")}", Text(extra),
                $"Do not allow the role to push to {extra.RepositoryName}", token => RevokeAsync(extra, token));
    }

    private void Push(CiPolicy policy, string repository, CiGrant grant, CiGrant? held)
    {
        string at = $"push.{repository}", action = $"Allow the role to push to {repository}";
        if (held is null) _found.Missing(at, Text(grant), action, token => GrantAsync([grant], token));
        else if (policy.Grant([grant]).Changed)
            _found.Different(at, Text(held), Text(grant), action, token => GrantAsync([grant], token));
        else if (Wider(held, grant) is { Length: > 0 } more)
            _found.Extra($"{at}.{more}", Text(held), $"Do not allow the role {more} for {repository}", async token =>
            {
                await RevokeAsync(held, token).ConfigureAwait(false);
                return await GrantAsync([grant], token).ConfigureAwait(false) with { Status = ChangeStatus.Removed };
            });
    }

    private async Task<StateOutcome> GrantAsync(IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken)
    {
        CiPolicyService policies = new(_aws.Iam);
        CiPolicyPlan plan = await policies.PlanGrantAsync(_target, grants, cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(policies, plan, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StateOutcome> RevokeAsync(CiGrant grant, CancellationToken cancellationToken)
    {
        CiPolicyService policies = new(_aws.Iam);
        CiPolicyPlan plan =
            await policies.PlanRevokeAsync(_target, [grant], alsoTaskRoles: false, cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(policies, plan, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<StateOutcome> ApplyAsync(CiPolicyService policies, CiPolicyPlan plan, CancellationToken cancellationToken)
    {
        if (!plan.IsChange) return new(ChangeStatus.Unchanged, plan.Edit.Warnings);
        IReadOnlyList<string> shared = await policies.SharedAsync(plan, cancellationToken).ConfigureAwait(false);
        CiPolicyOutcome outcome = await policies.ApplyAsync(plan, cancellationToken).ConfigureAwait(false);
        ChangeStatus status = outcome.Grants[0].Status is { } done and not ChangeStatus.Unchanged ? done : ChangeStatus.Changed;
        return new(status, [.. shared, .. outcome.Warnings]);
    }

    /// <summary>A role that CI may pass, and that the file does not name: it is in one statement for all repositories.</summary>
    private void TaskRoles(CiPolicy policy)
    {
        foreach (string role in StateGrant.TaskRoles(policy).Except(_wanted.TaskRoles ?? [Defaults.TaskRole]))
            _found.Fixed(StateDifferenceKind.Extra, $"taskRoles.{role}", "can be passed", null,
                $"Its statement in the policy '{policy.PolicyName}' serves all repositories. Revoke-PizzaCiPolicy -TaskRole takes it " +
                "out, together with the grant of a repository.");
    }

    private static string Wider(CiGrant held, CiGrant wanted) => string.Join(" and ",
        from right in Rights(held).Except(Rights(wanted)) select right);

    private static IEnumerable<string> Rights(CiGrant grant) =>
    [
        .. grant.IncludePull ? ["includePull"] : (string[])[], .. grant.IncludeVerify ? ["includeVerify"] : (string[])[],
        .. grant.IncludeDeploy ? ["includeDeploy"] : (string[])[],
    ];

    private static string Text(CiGrant grant) =>
        string.Join(", ", Rights(grant).Prepend($"push, deploy {grant.Cluster}/{grant.Service}"));
}
