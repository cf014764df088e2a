using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Replication;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Gets the replication rules of an Amazon ECR registry.</summary>
/// <remarks>
/// <para>The cmdlet returns one object for each destination of each rule. Each region has a separate configuration, and -Region specifies
/// the region.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaReplication</code>
/// Gets the destinations of images that are pushed to the registry.
/// </example>
/// <example>
/// <code>'us-east-1', 'eu-central-1' | ForEach-Object { Get-PizzaReplication -Region $_ } | Where-Object { -not $_.Prefix }</code>
/// Gets the rules of two regions that replicate all repositories.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaReplication")]
[OutputType(typeof(RegistryReplication))]
public sealed class GetPizzaReplicationCommand : AwsCmdlet
{
    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        StartAsync<GetPizzaReplicationCommand>((self, token) => self.WriteAsync(token), target: null, cancellationToken);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        ReplicationConfiguration configuration = await new ReplicationService(Aws.Ecr, Aws.Region).ReadAsync(cancellationToken);
        if (configuration.Replications() is not { Count: > 0 } replications)
        {
            WriteVerbose($"The registry in {Aws.Region} has no replication rules. Set-PizzaReplication creates one.");
            return;
        }
        foreach (RegistryReplication replication in replications) WriteObject(replication);
    }
}
