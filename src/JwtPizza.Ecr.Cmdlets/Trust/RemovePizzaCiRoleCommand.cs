using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Deletes an IAM role that GitHub Actions assume.</summary>
/// <remarks>
/// <para>Its managed policies are detached and stay, its own (inline) policies go with it. With -IncludePolicy the policy
/// jwt-pizza-ci-deployment goes as well, if nobody else has it.</para>
/// <para>A role that trusts others than GitHub, that is in an instance profile, or that trusts nobody at GitHub is not deleted: somebody
/// else may need it. The identity provider stays; Unregister-PizzaOidcProvider removes it.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaCiRole github-ci -IncludePolicy</code>
/// Takes back what New-PizzaCiRole made; asks first.
/// </example>
/// <example>
/// <code>Remove-PizzaCiRole team-a-ci, team-b-ci -WhatIf</code>
/// Shows whom the roles let in, and what would be detached and deleted.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaCiRole", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CiRole))]
public sealed class RemovePizzaCiRoleCommand : AwsCmdlet
{
    /// <summary>The IAM roles.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = [];

    /// <summary>Delete the role's policy -PolicyName too, with all its versions, unless others have it.</summary>
    [Parameter]
    public SwitchParameter IncludePolicy { get; set; }

    /// <summary>Specifies the policy that -IncludePolicy means. The default is jwt-pizza-ci-deployment for the role github-ci, and
    /// ROLE-deployment for any other role.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Do not ask.</summary>
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
