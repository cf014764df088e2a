using System.Management.Automation;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Detaches a managed policy from an IAM role.</summary>
/// <remarks>
/// <para>The policy itself and the role's other policies stay. A policy that the role does not have changes nothing.</para>
/// </remarks>
/// <example>
/// <code>Revoke-PizzaRolePolicy -RoleName aws-elasticbeanstalk-ec2-role -PolicyName AmazonDynamoDBFullAccess</code>
/// Revokes the permission of the instances of Elastic Beanstalk to use DynamoDB.
/// </example>
/// <example>
/// <code>Grant-PizzaRolePolicy jwt-pizza-ecs AmazonS3FullAccess | Revoke-PizzaRolePolicy</code>
/// Attaches a policy, and detaches it again with the output of the first cmdlet.
/// </example>
[Cmdlet(VerbsSecurity.Revoke, "PizzaRolePolicy", SupportsShouldProcess = true)]
[OutputType(typeof(RolePolicy))]
public sealed class RevokePizzaRolePolicyCommand : RolePolicyCmdlet
{
    private protected override bool OfRole => true;

    private protected override async Task ChangeAsync(RolePolicyService service, RolePolicyPlan plan, CancellationToken cancellationToken)
    {
        string what = $"Detach the policy {plan.PolicyArn} from the role '{plan.RoleName}'";
        if (!plan.IsAttached)
        {
            WriteVerbose(
                $"The role '{plan.RoleName}' does not have the policy '{plan.PolicyName}'. It has: " +
                $"{(plan.Attached is [] ? "none" : string.Join(", ", plan.Attached))}.");
            WriteObject(plan.Record(ChangeStatus.Unchanged));
        }
        else if (ShouldProcess(what, $"{what}?", "Role policy")) WriteObject(await service.RevokeAsync(plan, cancellationToken));
    }
}
