using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Attaches a managed policy to an IAM role.</summary>
/// <remarks>
/// <para>A policy name refers to an AWS managed policy or to a policy of your account. If both exist with the same name, the cmdlet reports
/// an error that lists their ARNs. A policy that the role already has changes nothing.</para>
/// <para>A role can have ten managed policies, unless the account's quota was raised. The error lists the policies that the role
/// has.</para>
/// </remarks>
/// <example>
/// <code>Grant-PizzaRolePolicy -RoleName aws-elasticbeanstalk-ec2-role -PolicyName AmazonDynamoDBFullAccess</code>
/// Allows the instances of Elastic Beanstalk to use DynamoDB.
/// </example>
/// <example>
/// <code>Grant-PizzaRolePolicy jwt-pizza-ecs AmazonECSTaskExecutionRolePolicy, AmazonS3ReadOnlyAccess -WhatIf</code>
/// Shows which policies would be attached. AWS keeps the first policy under the path service-role, which you can omit.
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
            WriteVerbose($"The role '{plan.RoleName}' already has the policy {plan.PolicyArn}.");
            WriteObject(plan.Record(ChangeStatus.Unchanged));
        }
        else if (ShouldProcess(what, $"{what}?", "Role policy")) WriteObject(await service.GrantAsync(plan, cancellationToken));
    }
}
