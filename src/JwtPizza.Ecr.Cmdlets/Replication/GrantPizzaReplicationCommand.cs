using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Grants other accounts permission to replicate their images into your Amazon ECR registry.</summary>
/// <remarks>
/// <para>Run this cmdlet with credentials of the account that receives the images, in each region that receives them. The account that
/// sends the images runs Set-PizzaReplication. The permission goes into the registry's permissions policy, in a statement with the Sid
/// ReplicateToECR. It consists of ecr:ReplicateImage, and ecr:CreateRepository for repositories that do not exist yet. The rest of the
/// policy stays unchanged, character for character, and a permission that already exists is not written again.</para>
/// <para>With -ExistingOnly, no repositories are created, and the replication of images to missing repositories fails. A repository that
/// ECR creates has its default settings: mutable tags and no scan on push.</para>
/// </remarks>
/// <example>
/// <code>Grant-PizzaReplication 123456789012 -Region eu-west-1</code>
/// Allows the account to replicate all its repositories into your registry.
/// </example>
/// <example>
/// <code>'us-east-1', 'us-west-2' | ForEach-Object { Grant-PizzaReplication 123456789012 -Prefix prod/ -Region $_ -WhatIf }</code>
/// Shows what would change in the policies of two regions, for repositories whose names begin with prod/.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaReplication", SupportsShouldProcess = true, DefaultParameterSetName = ByRule)]
[OutputType(typeof(ReplicationAccess))]
public sealed class GrantPizzaReplicationCommand : ReplicationAccessCmdlet
{
    /// <summary>Indicates that ecr:CreateRepository is not granted, so that replication works only into existing repositories.</summary>
    [Parameter]
    public SwitchParameter ExistingOnly { get; set; }

    private protected override string Action => "Let";

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(
        AccessPolicy policy, IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources) =>
        policy.Grant(from account in accounts from resource in resources
            select AccessGrant.Replicate(account, resource, mayCreate: !ExistingOnly));
}
