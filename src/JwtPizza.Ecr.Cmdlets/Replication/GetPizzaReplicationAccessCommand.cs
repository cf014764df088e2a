using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Access;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Gets the accounts that can replicate their images into your Amazon ECR registry.</summary>
/// <remarks>
/// <para>The output is one record for each principal of each statement of the registry's permissions policy that allows replication.
/// Grant-PizzaReplication writes such statements, and the cmdlet also shows those of others. Each region has a separate policy.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaReplicationAccess</code>
/// Lists the accounts that can replicate into the registry.
/// </example>
/// <example>
/// <code>Get-PizzaReplicationAccess -Region us-east-1, eu-west-1 | Revoke-PizzaReplication -WhatIf</code>
/// Shows what would be removed from the policies of two regions.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaReplicationAccess")]
[OutputType(typeof(ReplicationAccess))]
public sealed class GetPizzaReplicationAccessCommand : AwsCmdlet
{
    /// <summary>Specifies the accounts that replicate their images, by their 12 digits or by patterns with wildcards. The default is
    /// all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("SourceRegistryId", "AccountId")]
    [SupportsWildcards]
    public string[] Account { get; set; } = ["*"];

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        StartAsync<GetPizzaReplicationAccessCommand>((self, token) => self.WriteAsync(token), target: null, cancellationToken);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        Func<string, bool>[] fits = [.. Account.Select(NamePattern.Of)];
        AccessPolicy policy = await AccessService.OfRegistry(Aws.Ecr, Aws.Region).ReadAsync(cancellationToken);
        string registry = $"{Arn.OfRepository(Aws.Partition, Aws.Region, await Aws.GetAccountAsync(cancellationToken), "")}";
        ReplicationAccess[] all = [.. ReplicationAccess.Of(policy, registry)];
        if (all is []) WriteVerbose($"No account can replicate into the registry in {Aws.Region}. Grant-PizzaReplication allows it.");
        foreach (ReplicationAccess access in all.Where(a => Array.Exists(fits, f => f(a.SourceRegistryId)))) WriteObject(access);
    }
}
