using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using ReplicationEdit = JwtPizza.Ecr.Edit<JwtPizza.Ecr.ReplicationConfiguration, JwtPizza.Ecr.RegistryReplication>;

namespace JwtPizza.Ecr.Services.Replication;

/// <summary>Reads and edits what the caller's registry replicates. It has one configuration in each region.</summary>
/// <param name="ecr">ECR there.</param>
/// <param name="region">The region.</param>
internal sealed class ReplicationService(EcrClient ecr, string region)
{
    private readonly ReplicationStore _store = new(ecr, region);

    /// <summary>The configuration as it is.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ReplicationConfiguration> ReadAsync(CancellationToken cancellationToken) =>
        (await _store.ReadAsync(cancellationToken).ConfigureAwait(false)).Document;

    /// <summary>Refuses destinations of another partition: AWS, AWS China and AWS GovCloud replicate nothing to each other.</summary>
    /// <param name="destinations">The destinations.</param>
    /// <exception cref="PizzaException"><c>ReplicationAcrossPartitions</c>; <c>InvalidRegion</c>.</exception>
    public void CheckPartition(IEnumerable<ReplicationDestination> destinations)
    {
        Partition own = Partition.Of(region);
        if (destinations.FirstOrDefault(d => PartitionOf(d.Region) != own) is { } foreign)
            throw new PizzaException("ReplicationAcrossPartitions", PizzaErrorKind.InvalidArgument,
                $"{foreign.Region} is in the partition {PartitionOf(foreign.Region).Name}, and {region} in {own.Name}: " +
                "ECR replicates within a partition only. Nothing was changed. Push such images there yourself.", foreign.Region);
    }

    /// <summary>Edits the configuration, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the configuration.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>; <c>InvalidParameterException</c> and <c>ValidationException</c>: ECR does
    /// not take it; <c>AccessDeniedException</c>.</exception>
    public Task<ReplicationEdit> EditAsync(Func<ReplicationConfiguration, ReplicationEdit> edit, CancellationToken cancellationToken) =>
        Editor(edit).RunAsync(cancellationToken);

    internal DocumentEditor<ReplicationConfiguration, RegistryReplication> Editor(Func<ReplicationConfiguration, ReplicationEdit> edit) =>
        new(_store, edit, DocumentSession.Current);

    private static Partition PartitionOf(string region)
    {
        try { return Partition.Of(region); }
        catch (PizzaException e)
        {
            throw new PizzaException(e.ErrorId, PizzaErrorKind.InvalidArgument,
                $"'{region}' is not an AWS Region that ECR can replicate to. Give system names such as 'eu-west-1' with " +
                "-DestinationRegion. Nothing was changed.", region, e);
        }
    }
}
