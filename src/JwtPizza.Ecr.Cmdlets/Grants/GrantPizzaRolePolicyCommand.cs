using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Attaches a managed policy to an IAM role.</summary>
/// <remarks>
/// <para>By name, AWS's or the account's own; a name that both have is refused with their ARNs. A policy that the role has already changes
/// nothing.</para>
/// <para>A role holds ten managed policies, unless the account's quota was raised; the error names those that it has.</para>
/// </remarks>
/// <example>
/// <code>Grant-PizzaRolePolicy -RoleName aws-elasticbeanstalk-ec2-role -PolicyName AmazonDynamoDBFullAccess</code>
/// The instances of Elastic Beanstalk may use DynamoDB.
/// </example>
/// <example>
/// <code>Grant-PizzaRolePolicy jwt-pizza-ecs AmazonECSTaskExecutionRolePolicy, AmazonS3ReadOnlyAccess -WhatIf</code>
/// Shows which policies would be attached; AWS keeps the first under the path service-role, which need not be said.
/// </example>
[Cmdlet(VerbsSecurity.Grant, "PizzaRolePolicy", SupportsShouldProcess = true)]
[OutputType(typeof(RolePolicy))]
public sealed class GrantPizzaRolePolicyCommand : RolePolicyCmdlet
{
    private protected override bool OfRole => false;

    private protected override async Task ChangeAsync(RolePolicyService service, RolePolicyPlan plan, CancellationToken cancellationToken)
    {
        string what = $"Attach the policy {plan.PolicyArn} to the role '{plan.RoleName}'";
        if (plan.IsAttached)
        {
            WriteVerbose($"The role '{plan.RoleName}' has the policy {plan.PolicyArn} already.");
            WriteObject(plan.Record(ChangeStatus.Unchanged));
        }
        else if (ShouldProcess(what, $"{what}?", "Role policy")) WriteObject(await service.GrantAsync(plan, cancellationToken));
    }
}
