using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECS that the module uses, one method each.</summary>
internal sealed class EcsClient
{
    private const int PageSize = 100, MaxServices = 10, MaxTasks = 100;
    private readonly AwsConnection _ecs;

    private static EcsJson Json => EcsJson.Default;

    internal EcsClient(AwsConnection ecs) => _ecs = ecs;

    /// <summary>The ARNs of all clusters of the region.</summary>
    public IAsyncEnumerable<string> ListClustersAsync(CancellationToken cancellationToken) =>
        ListAsync("ListClusters", next => new(null, next, PageSize), Json.EcsListInput, Json.ListClustersOutput,
            o => (o.ClusterArns, o.NextToken), cancellationToken);

    /// <summary>The ARNs of the services of a cluster.</summary>
    public IAsyncEnumerable<string> ListServicesAsync(string cluster, CancellationToken cancellationToken) =>
        ListAsync("ListServices", next => new(cluster, next, PageSize), Json.EcsListInput, Json.ListServicesOutput,
            o => (o.ServiceArns, o.NextToken), cancellationToken);

    /// <summary>The ARNs of the tasks of a cluster that run or are to run.</summary>
    public IAsyncEnumerable<string> ListTasksAsync(string cluster, CancellationToken cancellationToken) =>
        ListAsync("ListTasks", next => new(cluster, next, PageSize), Json.EcsListInput, Json.ListTasksOutput,
            o => (o.TaskArns, o.NextToken), cancellationToken);

    /// <summary>The services of these names or ARNs; one that is missing is left out.</summary>
    public async IAsyncEnumerable<EcsService> DescribeServicesAsync(
        string cluster, IEnumerable<string> services, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[] some in services.Chunk(MaxServices))
            foreach (EcsService service in (await _ecs.ReadAsync("DescribeServices", new(cluster, some), Json.EcsServicesInput,
                Json.DescribeServicesOutput, cancellationToken).ConfigureAwait(false)).Services ?? [])
                yield return service;
    }

    /// <summary>The tasks of these ids or ARNs; one that is gone is left out.</summary>
    public async IAsyncEnumerable<EcsTask> DescribeTasksAsync(
        string cluster, IEnumerable<string> tasks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[] some in tasks.Chunk(MaxTasks))
            foreach (EcsTask task in (await _ecs.ReadAsync("DescribeTasks", new(cluster, some), Json.EcsTasksInput,
                Json.DescribeTasksOutput, cancellationToken).ConfigureAwait(false)).Tasks ?? [])
                yield return task;
    }

    /// <summary>A task definition, by ARN or <c>family:revision</c>.</summary>
    public async Task<EcsTaskDefinition> DescribeTaskDefinitionAsync(string taskDefinition, CancellationToken cancellationToken) =>
        (await _ecs.ReadAsync("DescribeTaskDefinition", new(taskDefinition), Json.EcsTaskDefinitionInput, Json.DescribeTaskDefinitionOutput,
            cancellationToken).ConfigureAwait(false)).TaskDefinition;

    /// <summary>Has a service start new tasks. <c>ServiceNotFoundException</c>, <c>ServiceNotActiveException</c>,
    /// <c>ClusterNotFoundException</c>.</summary>
    /// <param name="cluster">The cluster, by name or ARN.</param>
    /// <param name="service">The service, by name or ARN.</param>
    /// <param name="taskDefinition">The task definition to run from now on; null leaves it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The service with the new deployment.</returns>
    public async Task<EcsService> UpdateServiceAsync(
        string cluster, string service, string? taskDefinition, CancellationToken cancellationToken)
    {
        DateTimeOffset since = DateTimeOffset.UtcNow - AwsConnection.ClockSkew;
        return (await _ecs.WriteAsync("UpdateService", new(cluster, service, taskDefinition, true), Json.UpdateServiceInput,
            Json.UpdateServiceOutput, DeployingAsync, cancellationToken).ConfigureAwait(false)).Service;

        // Only a revision that was registered for this call tells its deployment from that of another caller.
        async Task<UpdateServiceOutput?> DeployingAsync(CancellationToken token)
        {
            if (taskDefinition is null)
                throw new PizzaException("DeploymentUnclear", PizzaErrorKind.Unavailable,
                    "another caller's deployment of the same task definition would look the same");
            await foreach (EcsService there in DescribeServicesAsync(cluster, [service], token).ConfigureAwait(false))
                if (there.Deployments.Any(d => d.Status == "PRIMARY" && d.CreatedAt >= since && d.TaskDefinition == taskDefinition))
                    return new(there);
            return null;
        }
    }

    /// <summary>The ARNs of the tasks of a service that have stopped within the last hour, or those that run.</summary>
    public IAsyncEnumerable<string> ListTasksAsync(string cluster, string service, bool stopped, CancellationToken cancellationToken) =>
        ListAsync("ListTasks", next => new(cluster, service, stopped ? "STOPPED" : "RUNNING", next, PageSize), Json.ServiceTasksInput,
            Json.ListTasksOutput, o => (o.TaskArns, o.NextToken), cancellationToken);

    /// <summary>A task definition with all its members and tags, as ECS gives it.</summary>
    /// <param name="taskDefinition">Its ARN, or <c>family:revision</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<WholeTaskDefinition> DescribeWholeTaskDefinitionAsync(string taskDefinition, CancellationToken cancellationToken) =>
        _ecs.ReadAsync("DescribeTaskDefinition", new(taskDefinition, ["TAGS"]), Json.WholeTaskDefinitionInput, Json.WholeTaskDefinition,
            cancellationToken);

    /// <summary>Registers a task definition, as the next revision of its family.</summary>
    /// <param name="input">The members of RegisterTaskDefinition.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its ARN.</returns>
    public async Task<string> RegisterTaskDefinitionAsync(JsonObject input, CancellationToken cancellationToken)
    {
        DateTimeOffset since = DateTimeOffset.UtcNow - AwsConnection.ClockSkew;
        return (await _ecs.WriteAsync("RegisterTaskDefinition", input, Json.JsonObject, Json.DescribeTaskDefinitionOutput, NewestAsync,
            cancellationToken).ConfigureAwait(false)).TaskDefinition.TaskDefinitionArn;

        // The newest revision of the family, if it was registered since, with the same images.
        async Task<DescribeTaskDefinitionOutput?> NewestAsync(CancellationToken token)
        {
            string family = (string?)input["family"] ?? "";
            DescribeTaskDefinitionOutput newest =
                await _ecs.ReadAsync("DescribeTaskDefinition", new(family), Json.EcsTaskDefinitionInput, Json.DescribeTaskDefinitionOutput,
                    token).ConfigureAwait(false);
            IEnumerable<string?> wanted = (input["containerDefinitions"] as JsonArray ?? []).Select(c => (string?)c?["image"]);
            return newest.TaskDefinition is { RegisteredAt: { } at, ContainerDefinitions: var containers } && at >= since
                && (containers ?? []).Select(c => c.Image).SequenceEqual(wanted) ? newest : null;
        }
    }

    private async IAsyncEnumerable<string> ListAsync<TIn, TOut>(
        string operation, Func<string?, TIn> input, JsonTypeInfo<TIn> inputShape, JsonTypeInfo<TOut> outputShape,
        Func<TOut, (IReadOnlyList<string>? Arns, string? Next)> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<TOut> pages = _ecs.PagesAsync(operation, input, inputShape, outputShape, o => read(o).Next, cancellationToken);
        await foreach (TOut page in pages.ConfigureAwait(false))
            foreach (string arn in read(page).Arns ?? []) yield return arn;
    }
}

// The shapes of ECS's model, as far as they are used: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html
internal sealed record EcsListInput(string? Cluster, string? NextToken, int MaxResults);
internal sealed record EcsServicesInput(string Cluster, IReadOnlyList<string> Services);
internal sealed record EcsTasksInput(string Cluster, IReadOnlyList<string> Tasks);
internal sealed record EcsTaskDefinitionInput(string TaskDefinition);
internal sealed record ListClustersOutput(IReadOnlyList<string>? ClusterArns, string? NextToken);
internal sealed record ListServicesOutput(IReadOnlyList<string>? ServiceArns, string? NextToken);
internal sealed record ListTasksOutput(IReadOnlyList<string>? TaskArns, string? NextToken);
internal sealed record DescribeServicesOutput(IReadOnlyList<EcsService>? Services);
internal sealed record DescribeTasksOutput(IReadOnlyList<EcsTask>? Tasks);
internal sealed record DescribeTaskDefinitionOutput([property: JsonRequired] EcsTaskDefinition TaskDefinition);

internal sealed record UpdateServiceInput(string Cluster, string Service, string? TaskDefinition, bool ForceNewDeployment);
internal sealed record UpdateServiceOutput([property: JsonRequired] EcsService Service);
internal sealed record ServiceTasksInput(string Cluster, string ServiceName, string DesiredStatus, string? NextToken, int MaxResults);
internal sealed record WholeTaskDefinitionInput(string TaskDefinition, string[] Include);

/// <summary>A task definition, whole, so that a copy of it loses nothing that this version does not know.</summary>
internal sealed record WholeTaskDefinition([property: JsonRequired] JsonObject TaskDefinition, JsonArray? Tags);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(EcsListInput))]
[JsonSerializable(typeof(EcsServicesInput))]
[JsonSerializable(typeof(EcsTasksInput))]
[JsonSerializable(typeof(EcsTaskDefinitionInput))]
[JsonSerializable(typeof(ListClustersOutput))]
[JsonSerializable(typeof(ListServicesOutput))]
[JsonSerializable(typeof(ListTasksOutput))]
[JsonSerializable(typeof(DescribeServicesOutput))]
[JsonSerializable(typeof(DescribeTasksOutput))]
[JsonSerializable(typeof(DescribeTaskDefinitionOutput))]
[JsonSerializable(typeof(UpdateServiceInput))]
[JsonSerializable(typeof(UpdateServiceOutput))]
[JsonSerializable(typeof(ServiceTasksInput))]
[JsonSerializable(typeof(WholeTaskDefinitionInput))]
[JsonSerializable(typeof(WholeTaskDefinition))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EcsJson : JsonSerializerContext;
