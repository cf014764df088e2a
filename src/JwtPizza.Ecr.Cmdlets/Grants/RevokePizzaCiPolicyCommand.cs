using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Takes out of a CI role's policy what Grant-PizzaCiPolicy put in for repositories of Amazon ECR.</summary>
/// <remarks>
/// <para>Only the repository and its ECS service leave the statements; a statement goes when its last resource does. What serves all
/// repositories (the login, the roles of task definitions) goes with the last of them, or when you name the role with -TaskRole. Statements
/// of others stay, and a warning tells of those that still allow pushing.</para>
/// <para>Give the same -Cluster and -Service as to Grant-PizzaCiPolicy. The repository need not exist any more. Policy and role stay; IAM
/// takes no policy without a statement, so a policy that held nothing else keeps AuthenticateWithECR.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaCiPolicy jwt-pizza-service</code>
/// The role github-ci may not push to the repository any more, nor redeploy its service.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Revoke-PizzaCiPolicy -RoleName team-a-ci -PolicyName team-a-push -Cluster team-a -WhatIf</code>
/// Shows what would leave the policy.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaCiPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(CiPolicyGrant))]
public sealed class RevokePizzaCiPolicyCommand : CiPolicyCmdlet
{
    private protected override Task<CiPolicyPlan> PlanAsync(
        CiPolicyService policies, CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        policies.PlanRevokeAsync(target, grants, IsBound(nameof(TaskRole)), cancellationToken);
}
