using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Access;

/// <summary>Lets other accounts, roles or an organization pull from repositories of Amazon ECR, or push to them.</summary>
/// <remarks>
/// <para>What is allowed goes into the repository policy: statements with the Sids PullFromECR and PushToECR (with ByOrganization behind
/// them for an organization), to which further principals are added. Nothing else in the policy changes by one character. What is allowed
/// already, also by another statement, is not written again; a statement that has one of these Sids but says something else stays, and the
/// new one gets a number behind its Sid.</para>
/// <para>ECR replaces a policy as a whole: what was written is read back, and when somebody else writes at the same moment, both changes
/// stay. A policy has at most 10,240 characters.</para>
/// <para>In another account, users and roles need the same rights in their own IAM policies, and everybody needs ecr:GetAuthorizationToken
/// there to log in to a registry.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Grant-PizzaRepositoryAccess -Account 210987654321 -Pull</code>
/// The production account may pull the image.
/// </example>
/// <example>
/// <code>Grant-PizzaRepositoryAccess jwt-pizza-service -Role release-bot -Account 210987654321 -Push -Pull -WhatIf</code>
/// Shows what would change in the policy, so that one role of another account may push as well.
/// </example>
/// <example>
/// <code>Get-PizzaRepository base/* | Grant-PizzaRepositoryAccess -Organization o-a1b2c3d4e5 -Pull</code>
/// Base images for everybody in the organization.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaRepositoryAccess", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryAccess))]
public sealed class GrantPizzaRepositoryAccessCommand : RepositoryAccessCmdlet
{
    private protected override string Action => "Allow";

    private protected override (bool Pull, bool Push) Default =>
        throw new PizzaException("NoAccess", PizzaErrorKind.InvalidArgument, "Say what to allow: -Pull, -Push, or both.");

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(AccessPolicy policy, IReadOnlyList<AccessGrant> grants) =>
        policy.Grant(grants);
}
