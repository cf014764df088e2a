using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Editing;

namespace JwtPizza.Ecr.Services.Replication;

/// <summary>Reads and edits what the caller's registry replicates. It has one configuration in each region.</summary>
public sealed class ReplicationService
{
    private readonly EcrClient _ecr;
    private readonly string _region;
    private readonly TimeProvider _time;

    internal ReplicationService(EcrClient ecr, string region, TimeProvider time) => (_ecr, _region, _time) = (ecr, region, time);

    /// <summary>On the registry of a region.</summary>
    /// <param name="ecr">ECR there.</param>
    /// <param name="region">The region.</param>
    public ReplicationService(EcrClient ecr, string region) : this(ecr, region, TimeProvider.System) { }

    /// <summary>The configuration as it is.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ReplicationConfiguration> ReadAsync(CancellationToken cancellationToken)
    {
        (string registryId, string? configuration) = await _ecr.DescribeRegistryAsync(cancellationToken).ConfigureAwait(false);
        return ReplicationConfiguration.Parse(new(_region, registryId), configuration);
    }

    /// <summary>Refuses destinations of another partition: AWS, AWS China and AWS GovCloud replicate nothing to each other.</summary>
    /// <param name="destinations">The destinations.</param>
    /// <exception cref="PizzaException"><c>ReplicationAcrossPartitions</c>; <c>InvalidRegion</c>.</exception>
    public void CheckPartition(IEnumerable<ReplicationDestination> destinations)
    {
        Partition own = Partition.Of(_region);
        if (destinations.FirstOrDefault(d => PartitionOf(d.Region) != own) is { } foreign)
            throw new PizzaException("ReplicationAcrossPartitions", PizzaErrorKind.InvalidArgument,
                $"{foreign.Region} is in the partition {PartitionOf(foreign.Region).Name}, and {_region} in {own.Name}: ECR replicates within a partition only. Nothing was changed. Push such images there yourself.", foreign.Region);
    }

    /// <summary>Edits the configuration, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the configuration.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>; <c>InvalidParameterException</c> and <c>ValidationException</c>: ECR does not take it; <c>AccessDeniedException</c>.</exception>
    public Task<ReplicationEdit> EditAsync(Func<ReplicationConfiguration, ReplicationEdit> edit, CancellationToken cancellationToken) =>
        new LastWriterWins<ReplicationEdit>(_time)
        {
            Document = $"the replication configuration of the registry in {_region}", LookWith = $"Get-PizzaReplication -Region {_region}", Target = _region,
            ReadAsync = async token => edit(await ReadAsync(token).ConfigureAwait(false)), WriteAsync = WriteAsync,
        }.RunAsync(cancellationToken);

    private static Partition PartitionOf(string region)
    {
        try { return Partition.Of(region); }
        catch (PizzaException e)
        {
            throw new PizzaException(e.ErrorId, PizzaErrorKind.InvalidArgument, $"'{region}' is not an AWS region that could be replicated to. Give system names such as 'eu-west-1' with -DestinationRegion. Nothing was changed.", region, e);
        }
    }

    private async Task WriteAsync(ReplicationEdit edit, CancellationToken cancellationToken)
    {
        try { await _ecr.PutReplicationConfigurationAsync(edit.After, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (Why(e, edit) is { } why)
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} {why}", e.Target, e);
        }
    }

    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/userguide/using-service-linked-roles.html</summary>
    private static string? Why(PizzaException e, ReplicationEdit edit) => e.Kind switch
    {
        PizzaErrorKind.PermissionDenied => "ECR replicates by the service-linked role AWSServiceRoleForECRReplication, which the first rule of an account creates: for that the caller needs iam:CreateServiceLinkedRole too, " +
            "or somebody who has it runs 'aws iam create-service-linked-role --aws-service-name replication.ecr.amazonaws.com' once.",
        PizzaErrorKind.InvalidArgument =>
            $"Every region must exist and be enabled, here and in the account that gets the images ({string.Join(", ", edit.Configuration.Replications().Select(r => r.DestinationRegion).Distinct().Order(StringComparer.Ordinal))}): " +
            "'aws account list-regions' shows which are; a region such as af-south-1 is not, until 'aws account enable-region' has been run.",
        _ => null,
    };
}
