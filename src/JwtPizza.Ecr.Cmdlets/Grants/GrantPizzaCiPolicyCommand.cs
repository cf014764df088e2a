using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Lets a CI role push to repositories of Amazon ECR and deploy their images to ECS, and nothing else.</summary>
/// <remarks>
/// <para>Four statements go into the role's managed policy: AuthenticateWithECR, PushToECR (on the repository), DeployContainer
/// (ecs:UpdateService on one service) and PassRolesInTaskDefinition. A policy that is missing is created and attached to the role. Nothing
/// else in an existing policy changes by one character.</para>
/// <para>A further repository extends the resources of these statements. What is allowed already, also by another statement or a wildcard,
/// is not written again; a statement that has one of these Sids but allows something else stays as it is, and the new one gets a number
/// behind its Sid.</para>
/// <para>The repositories of one pipeline make one version of the policy. IAM keeps five: the oldest that is not in force is deleted when
/// there is no other way. What was written is read back, and a change that somebody made at the same moment is kept.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy</code>
/// The role github-ci may push to the repository, and redeploy the service jwt-pizza-service of the cluster of the same name.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Grant-PizzaCiPolicy -RoleName team-a-ci -PolicyName team-a-push -Cluster team-a -WhatIf</code>
/// Shows what would change in the policy for all repositories of a team.
/// </example>
/// <example>
/// <code>Import-Csv ./services.csv | Grant-PizzaCiPolicy -IncludePull -IncludeVerify -IncludeDeploy</code>
/// Takes repositories, roles, clusters and services from the columns RepositoryName, RoleName, Cluster and Service of a file.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaCiPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(CiPolicyGrant))]
public sealed class GrantPizzaCiPolicyCommand : CiPolicyCmdlet
{
    /// <summary>Allow pulling as well (Sid PullFromECR): for a FROM of the same repository, a cache in the registry, a copy.</summary>
    [Parameter]
    public SwitchParameter IncludePull { get; set; }

    /// <summary>Allow looking at what was pushed (Sid VerifyInECR), so that Publish-PizzaImage in CI can check tag, size and platform, and
    /// at the service (Sid VerifyInECS), so that Update-PizzaService can wait until it runs.</summary>
    [Parameter]
    public SwitchParameter IncludeVerify { get; set; }

    /// <summary>Allow all that Update-PizzaService does with an image: register a revision of the task definition and see its tasks (Sid
    /// DeployImageInECS), pass its roles to ECS tasks only (iam:PassedToService), and wait for the service (Sid VerifyInECS).</summary>
    [Parameter]
    public SwitchParameter IncludeDeploy { get; set; }

    private protected override bool MustExist => true;

    private protected override CiGrant Complete(CiGrant grant) =>
        grant with { IncludePull = IncludePull, IncludeVerify = IncludeVerify, IncludeDeploy = IncludeDeploy };

    private protected override Task<CiPolicyPlan> PlanAsync(
        CiPolicyService policies, CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        policies.PlanGrantAsync(target, grants, cancellationToken);
}
