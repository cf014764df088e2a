using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>
/// Brings services to what they should be. Nobody waits for minutes here: a deployment is as its caller left it in the answer that
/// started it, and done, or failed, when somebody looks again.
/// </summary>
internal static class Scheduler
{
    // the least that ECS takes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    private const int BreakerThreshold = 3;
    private static readonly TimeSpan s_work = TimeSpan.FromMinutes(1), s_retry = TimeSpan.FromMinutes(1), s_memory = TimeSpan.FromHours(1);

    /// <summary>A new primary deployment.</summary>
    public static void Deploy(EcsService service, string taskDefinition, DateTimeOffset now, string? rollbackOf = null)
    {
        string id = "ecs-svc/" + RandomNumberGenerator.GetString("0123456789", 19);
        service.Deployments.Insert(0, new()
        {
            Id = id, TaskDefinition = taskDefinition, CreatedAt = now, UpdatedAt = now, IsRollback = rollbackOf is not null,
            Reason = rollbackOf is null
                ? $"ECS deployment {id} in progress." : $"ECS deployment circuit breaker: rolling back to deploymentId {rollbackOf}.",
        });
    }

    public static void Work(EcsWorld world, EcsRegion region)
    {
        foreach (EcsCluster cluster in region.Clusters.Values)
        {
            cluster.Tasks.RemoveAll(t => t.StoppedAt + s_memory < world.Now);
            // No container runs: a task of no service has done its work after a minute.
            foreach (EcsTask task in cluster.Tasks.Where(t => t.IsRunning && t.ServiceName is null && t.CreatedAt + s_work <= world.Now))
                task.Stop("EssentialContainerExited", "Essential container in task exited", world.Now);
            foreach (EcsService service in cluster.ActiveServices) Work(world, region, cluster, service);
        }
    }

    private static void Work(EcsWorld world, EcsRegion region, EcsCluster cluster, EcsService service)
    {
        EcsDeployment primary = service.Deployments[0];
        List<EcsTask> running = [.. cluster.Tasks.Where(t => t.IsRunning && t.StartedBy == primary.Id)];
        foreach (EcsTask surplus in running.Skip(service.DesiredCount))
            surplus.Stop("ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {primary.Id})", world.Now);
        if (running.Count < service.DesiredCount && !Start(world, region, cluster, service, service.DesiredCount - running.Count)) return;
        if (primary.RolloutState == "IN_PROGRESS") Complete(cluster, service, world.Now);
    }

    /// <summary>Starts tasks of the primary deployment. False when their image cannot be had.</summary>
    private static bool Start(EcsWorld world, EcsRegion region, EcsCluster cluster, EcsService service, int count)
    {
        EcsDeployment primary = service.Deployments[0];
        if (primary.RolloutState == "FAILED") return false;
        TaskDefinition definition = region.TaskDefinitions.Single(t => t.Arn == primary.TaskDefinition);
        List<EcsContainer> containers =
            [.. definition.Settings["containerDefinitions"]!.AsArray().Select(c => Pull(world, region, definition, c!))];
        if (containers.Find(c => c.Reason is not null)?.Reason is { } reason)
        {
            Fail(cluster, service, containers, reason, world.Now);
            return false;
        }
        List<EcsTask> started = [.. Enumerable.Range(0, count).Select(_ => NewTask(service, containers, world.Now))];
        cluster.Tasks.AddRange(started);
        service.Tell(
            string.Create(CultureInfo.InvariantCulture,
                $"has started {count} tasks: {string.Join(" ", started.Select(t => $"(task {t.Id})"))}."), world.Now);
        return true;
    }

    /// <summary>A container of a task that is about to start, with its image or why there is none.</summary>
    public static EcsContainer Pull(EcsWorld world, EcsRegion region, TaskDefinition definition, JsonNode container)
    {
        string image = (string)container["image"]!;
        (Digest? digest, string? failure) = ImagePull.Run(world.Ecr, region.Name, image, ImagePull.PlatformOf(definition));
        return new((string)container["name"]!, image, digest?.Value, failure is null ? null : "CannotPullContainerError: " + failure);
    }

    private static void Complete(EcsCluster cluster, EcsService service, DateTimeOffset now)
    {
        EcsDeployment primary = service.Deployments[0];
        foreach (EcsTask old in cluster.Tasks.Where(t => t.IsRunning && t.ServiceName == service.Name && t.StartedBy != primary.Id))
            old.Stop("ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {primary.Id})", now);
        service.Deployments.RemoveRange(1, service.Deployments.Count - 1);
        (primary.RolloutState, primary.Reason, primary.UpdatedAt) = ("COMPLETED", $"ECS deployment {primary.Id} completed.", now);
        service.Tell($"(deployment {primary.Id}) deployment completed.", now);
        service.Tell("has reached a steady state.", now);
    }

    /// <summary>One failed task a minute, as long as nothing changes; with the circuit breaker, as many as it takes at once.</summary>
    private static void Fail(
        EcsCluster cluster, EcsService service, IReadOnlyList<EcsContainer> containers, string reason, DateTimeOffset now)
    {
        EcsDeployment primary = service.Deployments[0];
        if (primary.FailedAt + s_retry > now) return;
        JsonNode? breaker = service.Settings["deploymentConfiguration"]?["deploymentCircuitBreaker"];
        bool breaks = primary.RolloutState == "IN_PROGRESS" && (bool?)breaker?["enable"] == true;
        for (int i = breaks ? BreakerThreshold : 1; i > 0; i--)
        {
            EcsTask task = NewTask(service, containers, now);
            task.Stop("TaskFailedToStart", reason, now);
            cluster.Tasks.Add(task);
            primary.FailedTasks++;
        }
        (primary.FailedAt, primary.UpdatedAt) = (now, now);
        service.Tell($"was unable to place a task. Reason: {reason}.", now);
        if (!breaks) return;
        (primary.RolloutState, primary.Reason) = ("FAILED", "ECS deployment circuit breaker: tasks failed to start.");
        service.Tell($"(deployment {primary.Id}) deployment failed: tasks failed to start.", now);
        if ((bool?)breaker?["rollback"] == true && !primary.IsRollback
            && service.Deployments.Find(d => d.RolloutState == "COMPLETED") is { } last)
            Deploy(service, last.TaskDefinition, now, last.Id);
    }

    public static string NewId() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant();

    private static EcsTask NewTask(EcsService service, IReadOnlyList<EcsContainer> containers, DateTimeOffset now) => new()
    {
        Id = NewId(), ServiceName = service.Name, StartedBy = service.Deployments[0].Id, Group = "service:" + service.Name,
        TaskDefinition = service.Deployments[0].TaskDefinition, CreatedAt = now, Containers = containers,
    };
}
