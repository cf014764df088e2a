using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Adds replication rules to an Amazon ECR registry, so that ECR copies pushed images to other regions or accounts.</summary>
/// <remarks>
/// <para>Each region has a separate configuration, which ECR replaces as a whole. The cmdlet merges the destinations into it, and other
/// rules stay unchanged. A destination that a rule already has is not written again, so a second run of the same command changes nothing. A
/// registry has at most 10 rules, 25 different destinations, and 100 prefixes in a rule.</para>
/// <para>ECR replicates images that are pushed from now on, once for each push, mostly within half an hour. Existing images are not
/// replicated. Deletions, lifecycle policies, repository policies, and settings are not replicated either. A repository that ECR creates at
/// the destination has ECR's defaults. ECR does not replicate a copy further.</para>
/// <para>The cmdlet prompts for confirmation before it writes a rule for all repositories. -Force suppresses only this prompt.</para>
/// <para>Another account must allow the replication first. Run Grant-PizzaReplication there, in each region. The first rule of an account
/// creates the service-linked role AWSServiceRoleForECRReplication, for which the caller needs iam:CreateServiceLinkedRole. The regions
/// must be enabled and in the same partition.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaReplication -DestinationRegion eu-west-1, us-west-2 -Prefix jwt-pizza</code>
/// Replicates new images of all repositories whose names begin with jwt-pizza to two more regions.
/// </example>
/// <example>
/// <code>Set-PizzaReplication -DestinationRegion us-east-1 -DestinationRegistryId 210987654321 -Prefix prod/ -WhatIf</code>
/// Shows what would change in the configuration to replicate images to another account.
/// </example>
/// <example>
/// <code>Get-PizzaReplication -Region us-east-1 | Where-Object DestinationRegion -ne us-east-2 | Set-PizzaReplication -Region us-east-2</code>
/// Copies the destinations of one region to another region.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaReplication -DestinationRegion eu-west-1</code>
/// Sets one rule with a prefix for each of these repositories.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaReplication", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryReplication))]
public sealed class SetPizzaReplicationCommand : ReplicationCmdlet
{
    /// <summary>Indicates that the cmdlet does not prompt for confirmation before it writes a rule for all repositories.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ChangeAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.DestinationRegion.Count == 0)
            throw ErrorCatalog.NoReplicationDestination(
                "No destination is specified. Name regions with -DestinationRegion, and another account with -DestinationRegistryId.");
        bool everything = asked.Prefixes is not { Count: > 0 };
        string of = everything ? "all repositories" : $"'{string.Join("', '", asked.Prefixes!)}'";
        string? question = everything
            ? $"Every image that is pushed to any repository of the registry in {asked.Aws.Region} will be copied to " +
                $"{asked.DestinationText}, and billed there. Continue?" : null;
        Edit<ReplicationConfiguration, RegistryReplication>? made =
            await EditAsync(asked.Service.Editor(configuration => Add(asked, configuration)), $"Replicate {of} to {asked.DestinationText}",
                Force, cancellationToken, question);
        foreach (RegistryReplication replication in made?.Results ?? []) WriteObject(replication);
    }

    private static Edit<ReplicationConfiguration, RegistryReplication> Add(Asked asked, ReplicationConfiguration configuration)
    {
        IReadOnlyList<ReplicationDestination> destinations = asked.Destinations(configuration);
        asked.Service.CheckPartition(destinations);
        Edit<ReplicationConfiguration, RegistryReplication> edit = configuration.Add(destinations, asked.Prefixes ?? []);
        return edit.With([.. edit.Results.Where(r => destinations.Contains(new(r.DestinationRegion, r.DestinationRegistryId)))]);
    }
}
