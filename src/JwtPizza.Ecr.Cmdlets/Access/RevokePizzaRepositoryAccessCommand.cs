using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Access;

/// <summary>Revokes permissions that Grant-PizzaRepositoryAccess added to repository policies.</summary>
/// <remarks>
/// <para>The cmdlet removes the principal from the statements that this module wrote. A statement is deleted with its last principal, and
/// the policy with its last statement. Statements that the module did not write stay unchanged. A warning names one that still grants the
/// same permission.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaRepositoryAccess jwt-pizza-service -Account 210987654321</code>
/// Revokes the account's permission to pull and push.
/// </example>
/// <example>
/// <code>(Get-PizzaRepository -IncludePolicy).Access | Where-Object Principal -like 'AROA*' | Revoke-PizzaRepositoryAccess</code>
/// Removes principals that deleted roles have left in the policy. ECR rejects any other change to a policy that contains them.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaRepositoryAccess", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryAccess))]
public sealed class RevokePizzaRepositoryAccessCommand : RepositoryAccessCmdlet
{
    /// <summary>Specifies principals exactly as they are written in the policy. Get-PizzaRepository -IncludePolicy shows them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Principal { get; set; } = [];

    private protected override string Action => "Do not allow";

    private protected override (bool Pull, bool Push) Default => (true, true);

    private protected override IEnumerable<AccessPrincipal> Others => Principal.Select(AccessPrincipal.AsWritten);

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(AccessPolicy policy, IReadOnlyList<AccessGrant> grants) =>
        policy.Revoke(grants);
}
