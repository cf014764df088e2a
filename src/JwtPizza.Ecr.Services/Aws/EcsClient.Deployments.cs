using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Services.Aws;

public sealed partial class EcsClient
{
    /// <summary>Has a service start new tasks. <c>ServiceNotFoundException</c>, <c>ServiceNotActiveException</c>, <c>ClusterNotFoundException</c>.</summary>
    /// <param name="cluster">The cluster, by name or ARN.</param>
    /// <param name="service">The service, by name or ARN.</param>
    /// <param name="taskDefinition">The task definition to run from now on; null leaves it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The service with the new deployment.</returns>
    public async Task<EcsService> UpdateServiceAsync(string cluster, string service, string? taskDefinition, CancellationToken cancellationToken) =>
        (await CallAsync<UpdateServiceOutput>("UpdateService", new UpdateServiceInput(cluster, service, taskDefinition, true), EcsDeploymentShapes.Default, cancellationToken).ConfigureAwait(false)).Service;

    /// <summary>The ARNs of the tasks of a service that have stopped within the last hour, or those that run.</summary>
    public IAsyncEnumerable<string> ListTasksAsync(string cluster, string service, bool stopped, CancellationToken cancellationToken) =>
        ListAsync<ListTasksOutput>("ListTasks", next => new ServiceTasksInput(cluster, service, stopped ? "STOPPED" : "RUNNING", next, PageSize), o => (o.TaskArns, o.NextToken), EcsDeploymentShapes.Default, cancellationToken);

    /// <summary>A task definition with all its members and tags, as ECS gives it.</summary>
    /// <param name="taskDefinition">Its ARN, or <c>family:revision</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<WholeTaskDefinition> DescribeWholeTaskDefinitionAsync(string taskDefinition, CancellationToken cancellationToken) =>
        CallAsync<WholeTaskDefinition>("DescribeTaskDefinition", new WholeTaskDefinitionInput(taskDefinition, ["TAGS"]), EcsDeploymentShapes.Default, cancellationToken);

    /// <summary>Registers a task definition, as the next revision of its family.</summary>
    /// <param name="input">The members of RegisterTaskDefinition.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its ARN.</returns>
    public async Task<string> RegisterTaskDefinitionAsync(JsonObject input, CancellationToken cancellationToken) =>
        (await CallAsync<DescribeTaskDefinitionOutput>("RegisterTaskDefinition", input, EcsDeploymentShapes.Default, cancellationToken).ConfigureAwait(false)).TaskDefinition.TaskDefinitionArn;
}
