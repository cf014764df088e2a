using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Reads the services of ECS in one region, and what their tasks run.</summary>
/// <param name="ecs">ECS there.</param>
/// <param name="region">The region.</param>
/// <param name="registryHost">The host of what stands in for ECR; null for none.</param>
internal sealed class ServiceReader(EcsClient ecs, string region, string? registryHost)
{
    /// <summary>The clusters of the region, by name.</summary>
    /// <param name="fits">Which.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async IAsyncEnumerable<string> ClustersAsync(
        Func<string, bool> fits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string arn in ecs.ListClustersAsync(cancellationToken).ConfigureAwait(false))
            if (Arn.NameIn(arn) is var name && fits(name)) yield return name;
    }

    /// <summary>The services of a cluster; of one that is gone, none.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="fits">Which, by name.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<EcsService>> ServicesAsync(
        string cluster, Func<string, bool> fits, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (string arn in ecs.ListServicesAsync(cluster, cancellationToken).ConfigureAwait(false))
            if (Arn.NameIn(arn) is var name && fits(name)) names.Add(name);
        return await DescribeAsync(cluster, names, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A service by name or ARN.</summary>
    /// <param name="cluster">Its cluster, by name or ARN.</param>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The service; null when the cluster does not have it.</returns>
    public async Task<EcsService?> FindAsync(string cluster, string service, CancellationToken cancellationToken) =>
        await DescribeAsync(cluster, [service], cancellationToken).ConfigureAwait(false) is [var found, ..] ? found : null;

    /// <summary>What a service is to run, and what its tasks run.</summary>
    /// <param name="cluster">Its cluster, by name.</param>
    /// <param name="service">The service.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The service, and why its tasks could not be seen, if so.</returns>
    public async Task<(PizzaService Service, string? NotSeen)> ReadAsync(
        string cluster, EcsService service, CancellationToken cancellationToken)
    {
        (string[]? digests, string? notSeen) =
            await DigestsAsync(cluster, service.ServiceName, cancellationToken).ConfigureAwait(false);
        EcsDeployment? primary = service.Deployments.FirstOrDefault(d => d.Status == "PRIMARY");
        string? definition = primary?.TaskDefinition ?? service.TaskDefinition;
        string[] images = definition is null ? [] :
        [
            .. (await ecs.DescribeTaskDefinitionAsync(definition, cancellationToken).ConfigureAwait(false)).ContainerDefinitions
                .Select(c => c.Image).OfType<string>().Distinct(),
        ];
        string[] repositories = [.. images.Select(RepositoryOf).OfType<string>().Distinct()];
        return (new()
        {
            Service = service.ServiceName, Cluster = cluster, ServiceArn = service.ServiceArn, Region = region,
            Status = service.Status ?? "ACTIVE", RolloutState = primary?.RolloutState, DesiredCount = service.DesiredCount,
            RunningCount = service.RunningCount, TaskDefinition = definition is null ? null : Arn.NameIn(definition),
            ImageUris = images, RepositoryName = repositories is [var one] ? one : null,
            ImageDigests = digests,
        }, notSeen);
    }

    private async Task<(string[]? Digests, string? NotSeen)> DigestsAsync(
        string cluster, string service, CancellationToken cancellationToken)
    {
        try
        {
            List<string> tasks = [], digests = [];
            await foreach (string task in ecs.ListTasksAsync(cluster, service, stopped: false, cancellationToken).ConfigureAwait(false))
                tasks.Add(task);
            await foreach (EcsTask task in ecs.DescribeTasksAsync(cluster, tasks, cancellationToken).ConfigureAwait(false))
                digests.AddRange(task.Containers.Select(c => c.ImageDigest).OfType<string>());
            return ([.. digests.Distinct()], null);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            return (null, $"Which images the tasks of the service '{service}' run could not be seen: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<EcsService>> DescribeAsync(
        string cluster, IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        List<EcsService> found = [];
        await foreach (EcsService service in ecs.DescribeServicesAsync(cluster, services, cancellationToken).ConfigureAwait(false))
            if (service.Status != "INACTIVE") found.Add(service);
        return found;
    }

    private string? RepositoryOf(string image)
    {
        try
        {
            ImageReference reference = ImageReference.Parse(image);
            bool isOfEcr = reference.RegistryId is not null || (reference.Host is { } host && host == registryHost);
            return isOfEcr ? reference.Repository.Value : null;
        }
        catch (PizzaException) { return null; }   // a name that ECR would not take
    }
}
