using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Grants a CI role only the permissions to push to Amazon ECR repositories and to deploy their images to ECS.</summary>
/// <remarks>
/// <para>The role's managed policy gets four statements: AuthenticateWithECR, PushToECR (on the repository), DeployContainer
/// (ecs:UpdateService on one service), and PassRolesInTaskDefinition. If the policy does not exist, the cmdlet creates it and attaches it
/// to the role. The rest of an existing policy stays unchanged, character for character.</para>
/// <para>Each further repository extends the resources of these statements. A permission that the policy already grants, also in another
/// statement or by a wildcard, is not written again. If a statement has one of these Sids but grants something different, it stays
/// unchanged, and the Sid of the new statement gets a number.</para>
/// <para>All repositories of one pipeline go into one new version of the policy. IAM keeps five versions. When all five are taken,
/// the cmdlet deletes the oldest version that is not the default. It reads the policy back after the write, and keeps a change that another
/// caller makes at the same moment.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy</code>
/// Allows the role github-ci to push to the repository, and to redeploy the service jwt-pizza-service of the cluster of the same name.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Grant-PizzaCiPolicy -RoleName team-a-ci -PolicyName team-a-push -Cluster team-a -WhatIf</code>
/// Shows what would change in the policy for all repositories of a team.
/// </example>
/// <example>
/// <code>Import-Csv ./services.csv | Grant-PizzaCiPolicy -IncludePull -IncludeVerify -IncludeDeploy</code>
/// Reads repositories, roles, clusters, and services from the columns RepositoryName, RoleName, Cluster, and Service of a file.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaCiPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(CiPolicyGrant))]
public sealed class GrantPizzaCiPolicyCommand : CiPolicyCmdlet
{
    /// <summary>Indicates that the role is also allowed to pull (Sid PullFromECR). This is for a FROM of the same repository, a cache in
    /// the registry, or a copy.</summary>
    [Parameter]
    public SwitchParameter IncludePull { get; set; }

    /// <summary>Indicates that the role is also allowed to read what was pushed (Sid VerifyInECR) and the service (Sid VerifyInECS).
    /// Publish-PizzaImage in CI can then check the tag, size, and platform, and Update-PizzaService can wait until the service
    /// runs.</summary>
    [Parameter]
    public SwitchParameter IncludeVerify { get; set; }

    /// <summary>Indicates that the role is also allowed to do all that Update-PizzaService does with an image. It can register a revision
    /// of the task definition and read its tasks (Sid DeployImageInECS), pass its roles to ECS tasks only (iam:PassedToService), and wait
    /// for the service (Sid VerifyInECS).</summary>
    [Parameter]
    public SwitchParameter IncludeDeploy { get; set; }

    private protected override bool MustExist => true;

    private protected override CiGrant Complete(CiGrant grant) =>
        grant with { IncludePull = IncludePull, IncludeVerify = IncludeVerify, IncludeDeploy = IncludeDeploy };

    private protected override Task<CiPolicyPlan> PlanAsync(
        CiPolicyService policies, CiPolicyTarget target, IReadOnlyList<CiGrant> grants, CancellationToken cancellationToken) =>
        policies.PlanGrantAsync(target, grants, cancellationToken);
}
