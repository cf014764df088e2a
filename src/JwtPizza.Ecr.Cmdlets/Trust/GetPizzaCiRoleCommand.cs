using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Gets the IAM roles that GitHub Actions, or another OpenID Connect provider, can assume.</summary>
/// <remarks>
/// <para>The output is one record for each role: the subjects of GitHub that it trusts, its provider, the names of its policies, and its
/// permissions boundary. The cmdlet warns about trust that is open to everyone on GitHub.</para>
/// <para>PolicyName is the role's own policy, as New-PizzaCiRole names it, if the role has it. Get-PizzaCiPolicy shows what the policies
/// allow.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaCiRole</code>
/// Lists the roles of the account that workflows can assume.
/// </example>
/// <example>
/// <code>Get-PizzaCiRole team-* | Remove-PizzaCiRole -IncludePolicy -WhatIf</code>
/// Shows what deleting the roles of the teams would remove.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaCiRole")]
[OutputType(typeof(CiRole))]
public sealed class GetPizzaCiRoleCommand : RoleCmdlet
{
    /// <summary>Specifies the IAM roles, by name or by patterns with wildcards. The default is all roles that trust an OpenID Connect
    /// provider. A name without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = ["*"];

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachRoleAsync<GetPizzaCiRoleCommand>(RoleName, (self, name, _, token) => self.WriteAsync(name, token), cancellationToken);

    private async Task WriteAsync(string roleName, CancellationToken cancellationToken)
    {
        (CiRole role, TrustPolicy trust) = await new CiRoleReader(Aws.Iam).ReadAsync(roleName, cancellationToken);
        foreach (string warning in trust.OpenToAnybody()) WriteWarning(warning);
        WriteObject(role);
    }
}
