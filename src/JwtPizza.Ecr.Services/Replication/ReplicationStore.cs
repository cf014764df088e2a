using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Replication;

/// <summary>Where the replication configuration of the caller's registry in one region lies.</summary>
internal sealed class ReplicationStore(EcrClient ecr, string region) : DocumentStore<ReplicationConfiguration>
{
    public override string Name => $"the replication configuration of the registry in {region}";

    public override string LookWith => $"{Advice.Run("Get-PizzaReplication").With("-Region", region)}";

    public override string Target => region;

    public override Task<string> KeyAsync(CancellationToken cancellationToken) => ecr.CallerAsync(cancellationToken);

    public override async Task<Reading<ReplicationConfiguration>> ReadAsync(CancellationToken cancellationToken)
    {
        (string registryId, string? configuration) = await ecr.DescribeRegistryAsync(cancellationToken).ConfigureAwait(false);
        return new(ReplicationConfiguration.Parse(new(region, registryId), configuration));
    }

    public override async Task<Reading<ReplicationConfiguration>> WriteAsync(
        ReplicationConfiguration document, Reading<ReplicationConfiguration> basis, CancellationToken cancellationToken)
    {
        try { await ecr.PutReplicationConfigurationAsync(document.Text, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (Why(e, document) is { } why)
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} {why}", e.Target, e);
        }
        return new(document);
    }

    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/userguide/using-service-linked-roles.html</summary>
    private static string? Why(PizzaException e, ReplicationConfiguration document) => e.Kind switch
    {
        PizzaErrorKind.PermissionDenied =>
            "ECR replicates with the service-linked role AWSServiceRoleForECRReplication, which the first rule of an account creates. " +
            "For that, the caller also needs iam:CreateServiceLinkedRole, " +
            "or someone who has it runs 'aws iam create-service-linked-role --aws-service-name replication.ecr.amazonaws.com' once.",
        PizzaErrorKind.InvalidArgument =>
            "Every region must exist and be enabled, here and in the account that receives the images " +
            $"({string.Join(", ", document.Replications().Select(r => r.DestinationRegion).Distinct().Order(StringComparer.Ordinal))}): " +
            "'aws account list-regions' shows which are. A region such as af-south-1 must first be enabled with 'aws account " +
            "enable-region'.",
        _ => null,
    };
}
