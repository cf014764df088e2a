using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Base of the cmdlets about managed policies of roles.</summary>
public abstract class RolePolicyCmdlet : AwsCmdlet
{
    /// <summary>Specifies the IAM roles.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = [];

    /// <summary>Specifies managed policies by name, from AWS or from your account. The name can include the path
    /// ('service-role/AmazonECSTaskExecutionRolePolicy').</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];

    /// <summary>Specifies managed policies by ARN, instead of -PolicyName.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] PolicyArn { get; set; } = [];

    /// <summary>Whether only policies are meant that the role has.</summary>
    private protected abstract bool OfRole { get; }

    private protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string[] policies = PolicyArn is [] ? PolicyName : PolicyArn;   // a record from the pipeline brings both
        if (policies is [])
            throw new PizzaException("NoPolicy", PizzaErrorKind.InvalidArgument,
                "No policy is specified. Name it with -PolicyName, for example 'AmazonDynamoDBFullAccess', or with -PolicyArn.");
        foreach (string role in RoleName)
        {
            await StartAsync<RolePolicyCmdlet>(async (self, token) =>
            {
                foreach (string policy in policies) await self.TryAsync(() => self.ChangeAsync(role, policy, token), role);
            }, role, cancellationToken);
        }
    }

    private async Task ChangeAsync(string role, string policy, CancellationToken cancellationToken)
    {
        RolePolicyService service = new(Aws.Iam);
        await ChangeAsync(service, await service.PlanAsync(role, policy, OfRole, cancellationToken), cancellationToken);
    }

    private protected abstract Task ChangeAsync(RolePolicyService service, RolePolicyPlan plan, CancellationToken cancellationToken);
}
