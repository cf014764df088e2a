using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Looks at one deployment of a service again and again: has it come to its end, and if not, which of its tasks stopped, and
/// why.</summary>
/// <param name="ecs">ECS in the region at hand.</param>
/// <param name="started">The deployment.</param>
internal sealed class ServiceWatch(EcsClient ecs, ServiceDeployment started)
{
    // The circuit breaker's least, for services that have none and would try for ever:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    private const int EnoughFailures = 3;

    private const string GoesOn =
        "ECS continues to try and keeps the previous tasks. To roll back, run Update-PizzaService with the -ImageUri of the previous " +
        "image.";
    private bool _maySeeTasks = true;

    /// <summary>The deployment as it was at the last look.</summary>
    public ServiceDeployment Seen { get; private set; } = started;

    /// <summary>One look.</summary>
    /// <returns>The deployment when it is stable; null when it is still under way.</returns>
    /// <exception cref="PizzaException"><c>DeploymentFailed</c>, <c>DeploymentReplaced</c>.</exception>
    public async Task<ServiceDeployment?> LookAsync(IProgress<ServiceProgress> progress, CancellationToken cancellationToken)
    {
        EcsService service = await ServiceAsync(cancellationToken).ConfigureAwait(false);
        EcsDeployment? ours = service.Deployments.FirstOrDefault(d => d.Id == Seen.DeploymentId);
        Seen = Seen with
        {
            DesiredCount = service.DesiredCount, RunningCount = ours?.RunningCount ?? 0,
            RolloutState = ours?.RolloutState ?? Seen.RolloutState,
        };
        if (ours is { RolloutState: "FAILED" } || ours is null || ours.Status != "PRIMARY")
            throw await EndedAsync(service, ours, cancellationToken).ConfigureAwait(false);
        progress.Report(
            new(ours.RunningCount, service.DesiredCount,
                $"{ours.RunningCount} of {service.DesiredCount} tasks run {Arn.NameIn(ours.TaskDefinition)}"));
        if (service.Deployments.Count == 1 && ours.RunningCount == service.DesiredCount && ours.RolloutState is null or "COMPLETED")
            return Seen with { RolloutState = "COMPLETED" };
        List<EcsTask> stopped = await StoppedAsync(cancellationToken).ConfigureAwait(false);
        if (stopped.Find(StoppedTask.IsForGood) is { } hopeless)
            throw Failed(hopeless, $"Its next tasks would stop in the same way. {GoesOn}");
        if (stopped.Count >= EnoughFailures) throw Failed(stopped[0], $"{stopped.Count} tasks have stopped so far. {GoesOn}");
        if (!_maySeeTasks) CheckEvents(service, ours);
        return null;
    }

    // Without the right to see tasks, what the service itself tells of this deployment must do.
    private void CheckEvents(EcsService service, EcsDeployment ours)
    {
        string[] told =
            [.. service.Events.Where(e => ours.CreatedAt is { } begin && e.CreatedAt >= begin).Select(e => e.Message.TrimEnd('.'))];
        if (Array.Find(told, StoppedTask.IsForGood) is { } hopeless)
            throw Failed(null,
                $"The service reports: {hopeless}. {StoppedTask.Next(hopeless, "the image of the task definition")} Its next tasks would " +
                $"stop in the same way. {GoesOn}");
        if (ours.FailedTasks < EnoughFailures) return;
        throw Failed(null,
            $"{ours.FailedTasks} tasks have failed so far.{(told.Length > 0 ? $" The service reports: {told[0]}." : "")} To read why, " +
            $"ecs:ListTasks and ecs:DescribeTasks are required. {GoesOn}");
    }

    /// <summary>The error for a deployment that took too long.</summary>
    public async Task<PizzaException> NotStableAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        EcsService service = await ServiceAsync(cancellationToken).ConfigureAwait(false);
        EcsTask? task = (await StoppedAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        string told = task is not null
            ? StoppedTask.Explain(task) : service.Events.Count > 0 ? $"The service's last event: {service.Events[0].Message}" : "";
        return new("ServiceNotStable", PizzaErrorKind.Unavailable,
            $"The service '{Seen.Service}' is not stable after {patience.TotalSeconds:0} seconds: " +
            $"{service.RunningCount} of {service.DesiredCount} tasks run. The deployment {Seen.DeploymentId} continues. " +
            $"{told} Wait longer with -TimeoutSec, or see 'aws ecs describe-services --cluster {Seen.Cluster} --services {Seen.Service}'.",
                Seen.Service);
    }

    private async Task<EcsService> ServiceAsync(CancellationToken cancellationToken)
    {
        await foreach (EcsService service in ecs.DescribeServicesAsync(Seen.Cluster, [Seen.Service], cancellationToken)
            .ConfigureAwait(false))
            return service;
        throw new PizzaException("ServiceNotFoundException", PizzaErrorKind.NotFound,
            $"The service '{Seen.Service}' has been deleted from the cluster '{Seen.Cluster}' during the deployment.",
            Seen.Service);
    }

    /// <summary>Its tasks that could not be kept running, the last one first. Without the right to look there are none: what the deployment
    /// itself tells must do.</summary>
    private async Task<List<EcsTask>> StoppedAsync(CancellationToken cancellationToken)
    {
        if (!_maySeeTasks) return [];
        try
        {
            List<string> arns = [];
            await foreach (string arn in ecs.ListTasksAsync(Seen.Cluster, Seen.Service, stopped: true, cancellationToken)
                .ConfigureAwait(false))
                arns.Add(arn);
            List<EcsTask> tasks = [];
            await foreach (EcsTask task in ecs.DescribeTasksAsync(Seen.Cluster, arns, cancellationToken).ConfigureAwait(false))
                if (task.StartedBy == Seen.DeploymentId && task.StopCode is "TaskFailedToStart" or "EssentialContainerExited")
                    tasks.Add(task);
            return [.. tasks.OrderByDescending(t => t.StoppedAt)];
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            _maySeeTasks = false;
            return [];
        }
    }

    private async Task<PizzaException> EndedAsync(EcsService service, EcsDeployment? ours, CancellationToken cancellationToken)
    {
        EcsTask? task = (await StoppedAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        string reason = ours?.RolloutStateReason?.TrimEnd('.') ?? "";
        if (ours is { RolloutState: "FAILED" } || task is not null)
        {
            string next = service.Deployments[0] is var now && now.Id != Seen.DeploymentId
                ? $"The service rolls back to {Arn.NameIn(now.TaskDefinition)}."
                : "The previous tasks continue to run.";
            return Failed(task, $"{(reason.Length > 0 ? reason + ". " : "")}{next}");
        }
        return new("DeploymentReplaced", PizzaErrorKind.InvalidOperation,
            $"Another deployment of the service '{Seen.Service}' has replaced {Seen.DeploymentId}; someone else " +
            "deploys at the same time. Check what runs, and run the command again if necessary.", Seen.Service);
    }

    private PizzaException Failed(EcsTask? task, string then) => new("DeploymentFailed", PizzaErrorKind.OperationFailed,
        $"The deployment {Seen.DeploymentId} of the service '{Seen.Service}' ({Seen.TaskDefinition}) fails. " +
        $"{(task is null ? "" : StoppedTask.Explain(task) + " ")}{then}", Seen.Service);
}
