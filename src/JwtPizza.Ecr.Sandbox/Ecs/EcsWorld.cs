using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>All that the sandbox's ECS holds, by region.</summary>
internal sealed class EcsWorld
{
    public const string SeededName = "jwt-pizza-service";
    private const string Document = "ecs";
    private readonly StateFolder? _state;
    private Dictionary<string, EcsRegion> _regions;

    /// <param name="ecr">Where images come from.</param>
    /// <param name="empty">Whether to start without the course's service.</param>
    /// <param name="state">Where all is kept over a restart.</param>
    public EcsWorld(EcrWorld ecr, bool empty, StateFolder? state = null)
    {
        (Ecr, _state) = (ecr, state);
        if (state?.Load<Dictionary<string, EcsRegion>>(Document) is { } kept) _regions = kept;
        else
        {
            _regions = [];
            if (!empty) Plant(Region(ecr.Info.Region));
            Keep();
        }
    }

    /// <summary>Held while anything in here is read or changed; taken before the gate of an ECR registry, never after.</summary>
    public object Gate { get; } = new();

    public EcrWorld Ecr { get; }

    public DateTimeOffset Now => Ecr.Clock.GetUtcNow();

    public EcsRegion Region(string name) =>
        _regions.TryGetValue(name, out EcsRegion? region)
            ? region : _regions[name] = new() { Name = name, AccountId = Ecr.Info.RegistryId };

    /// <summary>Writes down how all is now. The caller holds the gate.</summary>
    /// <exception cref="Http.ApiError">The disk is full or broken; all is as it was before.</exception>
    public void Keep()
    {
        try { _state?.Save(Document, () => _regions); }
        catch (Http.ApiError)
        {
            _regions = _state!.Load<Dictionary<string, EcsRegion>>(Document) ?? [];
            throw;
        }
    }

    /// <summary>All regions, as they are kept.</summary>
    public JsonNode Export()
    {
        lock (Gate) return JsonSerializer.SerializeToNode(_regions)!;
    }

    /// <summary>Takes up what was kept, in place of all that is here.</summary>
    public void Import(Dictionary<string, EcsRegion> regions)
    {
        lock (Gate)
        {
            _regions = regions;
            Keep();
        }
    }

    /// <summary>
    /// What the course has left: a service for arm64 that runs the image <c>latest</c> of the repository of its name
    /// (https://github.com/devops329/devops, the deliverable on backend deployment). Its image comes with the exercise.
    /// </summary>
    private void Plant(EcsRegion region)
    {
        TaskDefinition definition = new(SeededName, 1, region.Arn($"task-definition/{SeededName}:1"), JsonNode.Parse($$"""
            {
              "containerDefinitions": [{
                "name": "{{SeededName}}", "image": "{{HostOf(region)}}/{{SeededName}}:latest", "cpu": 0, "essential": true,
                "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}], "environment": [], "mountPoints": [], "volumesFrom": []
              }],
              "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024",
              "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
            }
            """)!.AsObject(), [], Now);
        region.TaskDefinitions.Add(definition);
        EcsCluster cluster = region.Clusters[SeededName] = new() { Name = SeededName };
        EcsService service =
            cluster.Services[SeededName] = new() { Name = SeededName, ClusterName = SeededName, CreatedAt = Now, DesiredCount = 1 };
        Scheduler.Deploy(service, definition.Arn, Now);
    }

    // A sandbox also takes regions that AWS does not have.
    private string HostOf(EcsRegion region) =>
        Partition.Find(region.Name) is null ? Ecr.Info.RegistryHost : EcrHost.Of(region.AccountId, region.Name).Value;
}
