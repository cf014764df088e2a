using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Lets other accounts replicate their images into the caller's registry in Amazon ECR.</summary>
/// <remarks>
/// <para>Run it with credentials of the account that gets the images, in each region that gets them; the account that sends them runs
/// Set-PizzaReplication. What is allowed goes into the registry's permissions policy, a statement with the Sid ReplicateToECR:
/// ecr:ReplicateImage, and ecr:CreateRepository for repositories that are not there yet. Nothing else in the policy changes by one
/// character, and what is allowed already is not written again.</para>
/// <para>With -ExistingOnly no repositories are created; images of those that are missing fail to arrive. A repository that ECR creates has
/// its default settings: tags can be moved, no scan on push.</para>
/// </remarks>
/// <example>
/// <code>Grant-PizzaReplication 123456789012 -Region eu-west-1</code>
/// The account may replicate all its repositories here.
/// </example>
/// <example>
/// <code>'us-east-1', 'us-west-2' | ForEach-Object { Grant-PizzaReplication 123456789012 -Prefix prod/ -Region $_ -WhatIf }</code>
/// Shows what would change in the policies of two regions, for repositories whose names begin with prod/.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaReplication", SupportsShouldProcess = true, DefaultParameterSetName = ByAccount)]
[OutputType(typeof(ReplicationAccess))]
public sealed class GrantPizzaReplicationCommand : ReplicationAccessCmdlet
{
    /// <summary>Only into repositories that exist here: do not allow ecr:CreateRepository.</summary>
    [Parameter]
    public SwitchParameter ExistingOnly { get; set; }

    private protected override string Action => "Let";

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(
        AccessPolicy policy, IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources) =>
        policy.Grant(from account in accounts from resource in resources
            select AccessGrant.Replicate(account, resource, mayCreate: !ExistingOnly));
}
