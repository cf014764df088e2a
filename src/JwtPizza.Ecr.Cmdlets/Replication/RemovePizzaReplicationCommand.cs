using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Ends that Amazon ECR copies images to other regions or accounts.</summary>
/// <remarks>
/// <para>Only the destinations that you name go, or with -Prefix the destinations of just these prefixes, as they stand in the rules; the
/// rest of each rule stays. A rule goes with its last destination or prefix. Copies that have arrived stay where they are.</para>
/// <para>You are asked for each change; -Force leaves the question out, and nothing else.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaReplication -DestinationRegion eu-west-1</code>
/// Nothing goes to the caller's registry in Ireland any more.
/// </example>
/// <example>
/// <code>Remove-PizzaReplication -DestinationRegion us-east-1 -DestinationRegistryId 210987654321 -Prefix test/ -WhatIf</code>
/// Shows what would change, so that test images do not go to another account any more, but others still do.
/// </example>
/// <example>
/// <code>Get-PizzaReplication | Remove-PizzaReplication -Force</code>
/// Ends all replication of the registry.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaReplication", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RegistryReplication))]
public sealed class RemovePizzaReplicationCommand : ReplicationCmdlet
{
    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ChangeAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.DestinationRegion.Count == 0 && asked.Prefixes is not { Count: > 0 })
            throw ErrorCatalog.NoReplicationDestination(
                "What is not to be copied any more? Name regions with -DestinationRegion, prefixes with -Prefix, or pipe what " +
                "Get-PizzaReplication shows.");
        IReadOnlyList<string>? prefixes = asked.Prefixes;   // the pipeline binds an empty list for a rule for all repositories
        string of = prefixes is { Count: > 0 } ? $"'{string.Join("', '", prefixes)}'" : prefixes is null ? "anything" : "all repositories";
        string what = $"{of} to {(asked.DestinationRegion.Count == 0 ? "anywhere" : asked.DestinationText)}";
        Edit<ReplicationConfiguration, RegistryReplication>? made =
            await EditAsync(asked.Service.Editor(Remove), $"Do not replicate {what}", Force, cancellationToken);
        foreach (RegistryReplication replication in made?.Results ?? []) WriteObject(replication);

        Edit<ReplicationConfiguration, RegistryReplication> Remove(ReplicationConfiguration configuration)
        {
            IReadOnlyList<ReplicationDestination> destinations = asked.Destinations(configuration);
            Edit<ReplicationConfiguration, RegistryReplication> edit =
                configuration.Remove(destinations.Count > 0 ? destinations : null, prefixes);
            return edit.Changed
                ? edit
                : edit.Warn($"No rule of the registry in {asked.Aws.Region} just for {what}; nothing was changed. " +
                    "Get-PizzaReplication shows the rules.");
        }
    }
}
