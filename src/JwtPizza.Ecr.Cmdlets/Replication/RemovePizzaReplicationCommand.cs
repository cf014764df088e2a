using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Removes replication rules from the registry.</summary>
/// <remarks>
/// <para>The cmdlet removes only the destinations that you specify. With -Prefix, it removes only the destinations of these prefixes,
/// exactly as they are written in the rules. The rest of each rule stays. A rule is deleted with its last destination or prefix. Existing
/// copies stay in place.</para>
/// <para>The cmdlet prompts for confirmation before each change. -Force suppresses only this prompt.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaReplication -DestinationRegion eu-west-1</code>
/// Stops the replication to your registry in Ireland.
/// </example>
/// <example>
/// <code>Remove-PizzaReplication -DestinationRegion us-east-1 -DestinationRegistryId 210987654321 -Prefix test/ -WhatIf</code>
/// Shows what would change if test images are no longer replicated to another account, while other images still are.
/// </example>
/// <example>
/// <code>Get-PizzaReplication | Remove-PizzaReplication -Force</code>
/// Stops all replication of the registry.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaReplication", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RegistryReplication))]
public sealed class RemovePizzaReplicationCommand : ReplicationCmdlet
{
    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ChangeAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.DestinationRegion.Count == 0 && asked.Prefixes is not { Count: > 0 })
            throw ErrorCatalog.NoReplicationDestination(
                "No rule is specified. Name regions with -DestinationRegion, prefixes with -Prefix, or pipe rules " +
                "from Get-PizzaReplication.");
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
                : edit.Warn($"The registry in {asked.Aws.Region} has no rule for exactly {what}; nothing was changed. " +
                    "Get-PizzaReplication shows the rules.");
        }
    }
}
