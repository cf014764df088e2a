using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Deletes an IAM role that GitHub Actions runs assume.</summary>
/// <remarks>
/// <para>The cmdlet detaches the role's managed policies but does not delete them. It deletes the role's own (inline) policies. With
/// -IncludePolicy, it also deletes the policy jwt-pizza-ci-deployment, unless others use it.</para>
/// <para>Some roles are not deleted, because others might need them. These are roles that trust principals other than GitHub, roles in an
/// instance profile, and roles that do not trust GitHub at all. The identity provider remains. Unregister-PizzaOidcProvider removes
/// it.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaCiRole github-ci -IncludePolicy</code>
/// Deletes what New-PizzaCiRole created, after confirmation.
/// </example>
/// <example>
/// <code>Remove-PizzaCiRole team-a-ci, team-b-ci -WhatIf</code>
/// Shows the subjects that the roles trust, and what would be detached and deleted.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaCiRole", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CiRole))]
public sealed class RemovePizzaCiRoleCommand : AwsCmdlet
{
    /// <summary>Specifies the IAM roles.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = [];

    /// <summary>Indicates that the cmdlet also deletes the role's policy -PolicyName, with all its versions, unless others use
    /// it.</summary>
    [Parameter]
    public SwitchParameter IncludePolicy { get; set; }

    /// <summary>Specifies the policy that -IncludePolicy deletes. The default is jwt-pizza-ci-deployment for the role github-ci, and
    /// ROLE-deployment for any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RoleName)
            await StartAsync<RemovePizzaCiRoleCommand>((self, token) => self.RemoveAsync(name, token), name, cancellationToken);
    }

    private async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        CiRoleRemovalService roles = new(Aws.Iam);
        CiRoleRemoval plan = await roles.PlanAsync(name,
            IncludePolicy ? (IsBound(nameof(PolicyName)) ? PolicyName : CiPolicy.NameFor(name)) : null, cancellationToken);
        foreach (string warning in plan.Warnings) WriteWarning(warning);
        if (Confirm(Force, plan.Description, $"{plan.Description}\nContinue?", "CI role"))
            WriteObject(await roles.ApplyAsync(plan, new Progress<string>(WriteVerbose), cancellationToken));
    }
}
