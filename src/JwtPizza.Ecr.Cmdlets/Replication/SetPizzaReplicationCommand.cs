using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Has Amazon ECR copy images to other regions or accounts when they are pushed.</summary>
/// <remarks>
/// <para>Each region has a configuration of its own. ECR replaces it as a whole; here the destinations are merged into it, and other rules
/// stay as they are. What a rule does already is not written again, and running the same line twice changes nothing the second time. A
/// registry has at most 10 rules, 25 different destinations, and 100 prefixes in a rule.</para>
/// <para>Copied is what is pushed from now on, once for each push, mostly within half an hour; images that are there already are not.
/// Deletions, lifecycle policies, repository policies and settings are not copied: a repository that ECR creates at the destination has
/// ECR's defaults. A copy is not copied on.</para>
/// <para>A rule for all repositories asks first; -Force leaves the question out, and nothing else.</para>
/// <para>Another account must allow it first: run Grant-PizzaReplication there, in each region. The first rule of an account creates the
/// service-linked role AWSServiceRoleForECRReplication, for which the caller needs iam:CreateServiceLinkedRole. Regions must be enabled,
/// and of the same partition.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaReplication -DestinationRegion eu-west-1, us-west-2 -Prefix jwt-pizza</code>
/// Images of all repositories whose names begin with jwt-pizza are in two more regions from now on.
/// </example>
/// <example>
/// <code>Set-PizzaReplication -DestinationRegion us-east-1 -DestinationRegistryId 210987654321 -Prefix prod/ -WhatIf</code>
/// Shows what would change in the configuration for images to be copied to another account.
/// </example>
/// <example>
/// <code>Get-PizzaReplication -Region us-east-1 | Where-Object DestinationRegion -ne us-east-2 | Set-PizzaReplication -Region us-east-2</code>
/// Gives one region the destinations of another.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Set-PizzaReplication -DestinationRegion eu-west-1</code>
/// One rule with a prefix for each of these repositories.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaReplication", SupportsShouldProcess = true)]
[OutputType(typeof(RegistryReplication))]
public sealed class SetPizzaReplicationCommand : ReplicationCmdlet
{
    /// <summary>Do not ask before a rule for all repositories.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ChangeAsync(Asked asked, CancellationToken cancellationToken)
    {
        if (asked.DestinationRegion.Count == 0)
            throw ErrorCatalog.NoReplicationDestination(
                "Where are images to be copied to? Name regions with -DestinationRegion, and another account with -DestinationRegistryId.");
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
