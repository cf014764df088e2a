using System.Text.Json;

namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcrClient
{
    /// <summary>The id of the caller's registry and its replication configuration, whatever that holds, as JSON.</summary>
    public async Task<(string RegistryId, string? ReplicationConfiguration)> DescribeRegistryAsync(CancellationToken cancellationToken)
    {
        DescribeRegistryOutput output = await CallAsync<DescribeRegistryOutput>("DescribeRegistry", new Nothing(), EcrReplicationShapes.Default, cancellationToken).ConfigureAwait(false);
        return (output.RegistryId, output.ReplicationConfiguration is { ValueKind: JsonValueKind.Object } configuration ? configuration.GetRawText() : null);
    }

    /// <summary>Replaces the whole replication configuration of the caller's registry.</summary>
    public async Task PutReplicationConfigurationAsync(string replicationConfiguration, CancellationToken cancellationToken)
    {
        using JsonDocument json = JsonDocument.Parse(replicationConfiguration);
        await CallAsync<Nothing>("PutReplicationConfiguration", new PutReplicationConfigurationInput(json.RootElement), EcrReplicationShapes.Default, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How far the copies of an image are; empty when it is not replicated. <c>ImageNotFoundException</c> when there is no such image.</summary>
    public async Task<IReadOnlyList<ImageReplicationStatus>> DescribeImageReplicationStatusAsync(string repositoryName, ImageId imageId, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeImageReplicationStatusOutput>("DescribeImageReplicationStatus", new DescribeImageReplicationStatusInput(_registry, repositoryName, imageId), EcrReplicationShapes.Default, cancellationToken)
            .ConfigureAwait(false)).ReplicationStatuses;
}
