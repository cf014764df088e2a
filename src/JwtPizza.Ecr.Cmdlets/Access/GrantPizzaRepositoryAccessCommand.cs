using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Access;

/// <summary>Grants other accounts, roles, or an organization permission to pull from Amazon ECR repositories, or to push to them.</summary>
/// <remarks>
/// <para>The permissions go into the repository policy, in statements with the Sids PullFromECR and PushToECR. For an organization, the Sid
/// ends in ByOrganization. Further principals are added to these statements. The rest of the policy stays unchanged, character for
/// character. A permission that the policy already grants, also in another statement, is not written again. If a statement has one of these
/// Sids but different content, it stays, and the Sid of the new statement gets a number.</para>
/// <para>ECR replaces a policy as a whole. The cmdlet reads the policy back after the write, and keeps a change that another caller makes
/// at the same moment. A policy has at most 10,240 characters.</para>
/// <para>In another account, users and roles need the same permissions in their own IAM policies. They also need ecr:GetAuthorizationToken
/// there to log in to a registry.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Grant-PizzaRepositoryAccess -Account 210987654321 -Pull</code>
/// Allows the production account to pull the image.
/// </example>
/// <example>
/// <code>Grant-PizzaRepositoryAccess jwt-pizza-service -Role release-bot -Account 210987654321 -Push -Pull -WhatIf</code>
/// Shows what would change in the policy if one role of another account is also allowed to push.
/// </example>
/// <example>
/// <code>Get-PizzaRepository base/* | Grant-PizzaRepositoryAccess -Organization o-a1b2c3d4e5 -Pull</code>
/// Allows all accounts of the organization to pull the base images.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaRepositoryAccess", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryAccess))]
public sealed class GrantPizzaRepositoryAccessCommand : RepositoryAccessCmdlet
{
    private protected override string Action => "Allow";

    private protected override (bool Pull, bool Push) Default =>
        throw new PizzaException("NoAccess", PizzaErrorKind.InvalidArgument, "No permission is specified. Specify -Pull, -Push, or both.");

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(AccessPolicy policy, IReadOnlyList<AccessGrant> grants) =>
        policy.Grant(grants);
}
