using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Access;

/// <summary>Takes out of the policies of repositories what Grant-PizzaRepositoryAccess put in.</summary>
/// <remarks>
/// <para>The principal leaves the statements that this module wrote; a statement goes with its last principal, and the policy with its last
/// statement. Statements of others stay as they are, and a warning tells of one that still allows the same.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaRepositoryAccess jwt-pizza-service -Account 210987654321</code>
/// The account may neither pull nor push any more.
/// </example>
/// <example>
/// <code>(Get-PizzaRepository -IncludePolicy).Access | Where-Object Principal -like 'AROA*' | Revoke-PizzaRepositoryAccess</code>
/// Takes out what deleted roles have left behind; ECR takes no other change of a policy that names them.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaRepositoryAccess", SupportsShouldProcess = true)]
[OutputType(typeof(RepositoryAccess))]
public sealed class RevokePizzaRepositoryAccessCommand : RepositoryAccessCmdlet
{
    /// <summary>Principals exactly as they stand in the policy; Get-PizzaRepository -IncludePolicy shows them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Principal { get; set; } = [];

    private protected override string Action => "Do not allow";

    private protected override (bool Pull, bool Push) Default => (true, true);

    private protected override IEnumerable<AccessPrincipal> Others => Principal.Select(AccessPrincipal.AsWritten);

    private protected override Edit<AccessPolicy, GrantResult<AccessGrant>> Edit(AccessPolicy policy, IReadOnlyList<AccessGrant> grants) =>
        policy.Revoke(grants);
}
