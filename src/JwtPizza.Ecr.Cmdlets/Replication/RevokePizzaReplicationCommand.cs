using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Revokes an account's permission to replicate into your registry.</summary>
/// <remarks>
/// <para>The cmdlet removes the accounts from the statements that Grant-PizzaReplication wrote into the registry's permissions policy.
/// Without -Prefix, it removes them from all of these statements. A statement is deleted with its last account, and the policy with its
/// last statement. Statements that the module did not write stay unchanged. A warning names one that still grants the same permission.
/// Images that have already been replicated stay.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaReplication 123456789012 -Region eu-west-1</code>
/// Revokes the account's permission to replicate into your registry.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaReplication", SupportsShouldProcess = true, DefaultParameterSetName = ByRule)]
[OutputType(typeof(ReplicationAccess))]
public sealed class RevokePizzaReplicationCommand : ReplicationAccessCmdlet
{
    private protected override string Action => "Do not let";

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(
        AccessPolicy policy, IReadOnlyList<AccessPrincipal> accounts, IReadOnlyList<string> resources) =>
        policy.RevokeReplication(accounts, resources, alsoOthers: Prefix.Length == 0);
}
