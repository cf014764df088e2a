using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Gets the managed policies that are attached to IAM roles.</summary>
/// <remarks>
/// <para>The output is one record for each role and policy, from AWS or from your account. Policies that are part of a role (inline
/// policies) are not included. Get-PizzaCiRole shows their names.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRolePolicy aws-elasticbeanstalk-ec2-role</code>
/// Lists the policies of the role that Elastic Beanstalk gives its instances.
/// </example>
/// <example>
/// <code>Get-PizzaRolePolicy * *FullAccess | Revoke-PizzaRolePolicy -WhatIf</code>
/// Shows which roles would lose a policy whose name ends in FullAccess.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaRolePolicy")]
[OutputType(typeof(RolePolicy))]
public sealed class GetPizzaRolePolicyCommand : RoleCmdlet
{
    /// <summary>Specifies the IAM roles, by name or by patterns with wildcards. A name without wildcards that does not exist is an
    /// error.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = [];

    /// <summary>Specifies the policies, by name or by patterns with wildcards. The default is all. A name without wildcards that a role
    /// does not have is an error.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = ["*"];

    private protected override bool OfCiAlone => false;

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachRoleAsync<GetPizzaRolePolicyCommand>(RoleName, (self, name, listed, token) => self.WriteAsync(name, listed is null, token),
            cancellationToken);

    private async Task WriteAsync(string roleName, bool isNamed, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Name, string Arn)> attached = await new CiPolicyReader(Aws.Iam).AttachedAsync(roleName, cancellationToken);
        foreach (string policy in PolicyName)
        {
            bool isPattern = WildcardPattern.ContainsWildcardCharacters(policy);
            Func<string, bool> fits = NamePattern.Of(policy);
            (string Name, string Arn)[] found = [.. attached.Where(a => fits(a.Name))];
            if (found is [] && !isPattern && isNamed) await TryAsync(() => throw NotAttached(roleName, policy), roleName);
            foreach ((string name, string arn) in found)
                WriteObject(new RolePolicy { RoleName = roleName, PolicyName = name, PolicyArn = arn, Status = null });
        }
    }

    internal static PizzaException NotAttached(string roleName, string policy) => ErrorCatalog.PolicyNotFound(policy,
        $" among those of the role '{roleName}'. {Advice.Run("Get-PizzaRolePolicy", roleName)} lists what it has.");
}
