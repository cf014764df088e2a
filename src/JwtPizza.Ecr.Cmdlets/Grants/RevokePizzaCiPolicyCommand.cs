using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Revokes permissions that Grant-PizzaCiPolicy added to a CI role's policy for Amazon ECR repositories.</summary>
/// <remarks>
/// <para>The cmdlet removes only the repository and its ECS service from the statements. A statement is deleted with its last resource.
/// Permissions that serve all repositories (the login, the roles of task definitions) are removed with the last repository, or when you
/// specify the role with -TaskRole. Statements that the module did not write stay. A warning lists those that still allow pushing.</para>
/// <para>Specify the same -Cluster and -Service as for Grant-PizzaCiPolicy. The repository does not have to exist any longer. The policy
/// and the role stay. IAM does not accept a policy without a statement, so a policy that held nothing else keeps
/// AuthenticateWithECR.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaCiPolicy jwt-pizza-service</code>
/// Revokes the permissions of the role github-ci to push to the repository and to redeploy its service.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Revoke-PizzaCiPolicy -RoleName team-a-ci -PolicyName team-a-push -Cluster team-a -WhatIf</code>
/// Shows what would be removed from the policy.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaCiPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(CiPolicyGrant))]
public sealed class RevokePizzaCiPolicyCommand : CiPolicyCmdlet
{
    private protected override Task<CiPolicyPlan> PlanAsync(
        CiPolicyService policies, CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        policies.PlanRevokeAsync(target, grants, IsBound(nameof(TaskRole)), cancellationToken);
}
