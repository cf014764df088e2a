using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECS that the module uses, one method each.</summary>
public sealed partial class EcsClient
{
    private const int PageSize = 100, MaxServices = 10, MaxTasks = 100;
    private readonly AwsConnection _ecs;

    internal EcsClient(AwsConnection ecs) => _ecs = ecs;

    /// <summary>The ARNs of all clusters of the region.</summary>
    public IAsyncEnumerable<string> ListClustersAsync(CancellationToken cancellationToken) =>
        ListAsync<ListClustersOutput>("ListClusters", next => new EcsListInput(null, next, PageSize), o => (o.ClusterArns, o.NextToken), EcsShapes.Default, cancellationToken);

    /// <summary>The ARNs of the services of a cluster.</summary>
    public IAsyncEnumerable<string> ListServicesAsync(string cluster, CancellationToken cancellationToken) =>
        ListAsync<ListServicesOutput>("ListServices", next => new EcsListInput(cluster, next, PageSize), o => (o.ServiceArns, o.NextToken), EcsShapes.Default, cancellationToken);

    /// <summary>The ARNs of the tasks of a cluster that run or are to run.</summary>
    public IAsyncEnumerable<string> ListTasksAsync(string cluster, CancellationToken cancellationToken) =>
        ListAsync<ListTasksOutput>("ListTasks", next => new EcsListInput(cluster, next, PageSize), o => (o.TaskArns, o.NextToken), EcsShapes.Default, cancellationToken);

    /// <summary>The services of these names or ARNs; one that is missing is left out.</summary>
    public async IAsyncEnumerable<EcsService> DescribeServicesAsync(string cluster, IEnumerable<string> services, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[] some in services.Chunk(MaxServices))
            foreach (EcsService service in (await CallAsync<DescribeServicesOutput>("DescribeServices", new EcsServicesInput(cluster, some), cancellationToken).ConfigureAwait(false)).Services ?? [])
                yield return service;
    }

    /// <summary>The tasks of these ids or ARNs; one that is gone is left out.</summary>
    public async IAsyncEnumerable<EcsTask> DescribeTasksAsync(string cluster, IEnumerable<string> tasks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[] some in tasks.Chunk(MaxTasks))
            foreach (EcsTask task in (await CallAsync<DescribeTasksOutput>("DescribeTasks", new EcsTasksInput(cluster, some), cancellationToken).ConfigureAwait(false)).Tasks ?? [])
                yield return task;
    }

    /// <summary>A task definition, by ARN or <c>family:revision</c>.</summary>
    public async Task<EcsTaskDefinition> DescribeTaskDefinitionAsync(string taskDefinition, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeTaskDefinitionOutput>("DescribeTaskDefinition", new EcsTaskDefinitionInput(taskDefinition), cancellationToken).ConfigureAwait(false)).TaskDefinition;

    private async IAsyncEnumerable<string> ListAsync<TOut>(
        string operation, Func<string?, object> input, Func<TOut, (IReadOnlyList<string>? Arns, string? Next)> read, JsonSerializerContext shapes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            TOut page = await CallAsync<TOut>(operation, input(next), shapes, cancellationToken).ConfigureAwait(false);
            (IReadOnlyList<string>? arns, next) = read(page);
            foreach (string arn in arns ?? []) yield return arn;
        }
        while (!string.IsNullOrEmpty(next));
    }

    private Task<TOut> CallAsync<TOut>(string operation, object input, CancellationToken cancellationToken) =>
        CallAsync<TOut>(operation, input, EcsShapes.Default, cancellationToken);

    private Task<TOut> CallAsync<TOut>(string operation, object input, JsonSerializerContext shapes, CancellationToken cancellationToken) =>
        _ecs.JsonAsync<TOut>(operation, input, shapes, cancellationToken);
}
