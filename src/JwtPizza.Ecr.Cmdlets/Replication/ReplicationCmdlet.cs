using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Replication;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Base of the cmdlets that change what a registry replicates. -Region is the region whose images are copied, as everywhere.</summary>
public abstract class ReplicationCmdlet : AwsCmdlet
{
    /// <summary>The regions that images are copied to; not that of the images, which is -Region.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Destination")]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[] DestinationRegion { get; set; } = [];

    /// <summary>The account that images are copied to, 12 digits. Default: the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegistryId", "DestinationAccount")]
    public string? DestinationRegistryId { get; set; }

    /// <summary>How the names of the repositories begin, for example team-a/. Default: all repositories.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string[] Prefix { get; set; } = [];

    private protected ReplicationService Service => new(Aws.Ecr, Aws.Region);

    /// <summary>Where to, seen from the registry whose configuration it is.</summary>
    private protected IReadOnlyList<ReplicationDestination> Destinations(ReplicationConfiguration configuration) =>
        [.. DestinationRegion.Select(region => ReplicationDestination.Of(region, string.IsNullOrEmpty(DestinationRegistryId) ? configuration.Source.RegistryId : DestinationRegistryId))];

    /// <summary>The same in words.</summary>
    private protected string DestinationText =>
        string.Join(", ", DestinationRegion.Select(region => string.IsNullOrEmpty(DestinationRegistryId) ? region : $"{region} of account {DestinationRegistryId}"));
}
