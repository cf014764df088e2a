using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Does not let other accounts replicate into the caller's registry any more.</summary>
/// <remarks>
/// <para>Takes the accounts out of the statements that Grant-PizzaReplication wrote into the registry's permissions policy; without
/// -Prefix, out of all of them. A statement goes with its last account, and the policy with its last statement. Statements of others stay,
/// and a warning tells of one that still allows the same. Images that have arrived stay.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaReplication 123456789012 -Region eu-west-1</code>
/// The account may not replicate anything here any more.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaReplication", SupportsShouldProcess = true, DefaultParameterSetName = ByAccount)]
[OutputType(typeof(ReplicationAccess))]
public sealed class RevokePizzaReplicationCommand : ReplicationAccessCmdlet
{
    private protected override string Action => "Do not let";

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(
        AccessPolicy policy, IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources) =>
        policy.RevokeReplication(accounts, resources, alsoOthers: Prefix.Length == 0);
}
