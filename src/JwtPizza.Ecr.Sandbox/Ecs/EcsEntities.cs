using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>What one region holds. These types are also the form in which all is kept over a restart.</summary>
internal sealed class EcsRegion
{
    public required string Name { get; init; }

    public required string AccountId { get; init; }

    public Dictionary<string, EcsCluster> Clusters { get; init; } = [];

    /// <summary>In the order of their registration.</summary>
    public List<TaskDefinition> TaskDefinitions { get; init; } = [];

    /// <summary>The part of AWS that it is in. A sandbox also takes regions that AWS does not have.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Partition Partition => Partition.Find(Name) ?? Partition.Commercial;

    public string Arn(string resource) => $"{new Arn(Partition.Name, "ecs", Name, AccountId, resource)}";
}

internal sealed class EcsCluster
{
    public required string Name { get; init; }

    public Dictionary<string, EcsService> Services { get; init; } = [];

    /// <summary>What the sandbox keeps and tells, and does nothing with.</summary>
    public JsonObject Settings { get; init; } = [];

    public JsonArray Tags { get; set; } = [];

    [System.Text.Json.Serialization.JsonIgnore]
    public IEnumerable<EcsService> ActiveServices => Services.Values.Where(s => s.IsActive);

    /// <summary>Running ones, and those that stopped within the last hour.</summary>
    public List<EcsTask> Tasks { get; init; } = [];
}

/// <summary>A revision of a task definition.</summary>
/// <param name="Family">Its name.</param>
/// <param name="Revision">Counts from 1.</param>
/// <param name="Arn">Ends in both.</param>
/// <param name="Settings">Its members as DescribeTaskDefinition gives them.</param>
/// <param name="Tags">Its resource tags.</param>
/// <param name="RegisteredAt">When it came.</param>
internal sealed record TaskDefinition(
    string Family, int Revision, string Arn, JsonObject Settings, JsonArray Tags, DateTimeOffset RegisteredAt)
{
    public string? RegisteredBy { get; init; }

    /// <summary>From then on nothing new is made of it.</summary>
    public DateTimeOffset? DeregisteredAt { get; init; }
}

internal sealed class EcsService
{
    private const int EventLimit = 100;

    public required string Name { get; init; }

    public required string ClusterName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int DesiredCount { get; set; }

    /// <summary>Whether it is there; one that was deleted is told of for a while.</summary>
    public bool IsActive { get; set; } = true;

    public string? CreatedBy { get; init; }

    public JsonArray Tags { get; set; } = [];

    /// <summary>Newest first: the primary one, and those that it has not replaced yet.</summary>
    public List<EcsDeployment> Deployments { get; init; } = [];

    /// <summary>Newest first.</summary>
    public List<EcsEvent> Events { get; init; } = [];

    /// <summary>What the sandbox keeps and tells, and does nothing with.</summary>
    public JsonObject Settings { get; init; } = [];

    public void Tell(string message, DateTimeOffset now)
    {
        Events.Insert(0, new(Guid.NewGuid().ToString(), now, $"(service {Name}) {message}"));
        if (Events.Count > EventLimit) Events.RemoveAt(EventLimit);
    }
}

internal sealed record EcsEvent(string Id, DateTimeOffset CreatedAt, string Message);

internal sealed class EcsDeployment
{
    public required string Id { get; init; }

    public required string TaskDefinition { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public int FailedTasks { get; set; }

    /// <summary><c>IN_PROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>.</summary>
    public string RolloutState { get; set; } = "IN_PROGRESS";

    public required string Reason { get; set; }

    /// <summary>Whether it brings back what ran before a failed one; it is not rolled back itself.</summary>
    public bool IsRollback { get; init; }

    /// <summary>When its last task failed.</summary>
    public DateTimeOffset? FailedAt { get; set; }
}

internal sealed class EcsTask
{
    public required string Id { get; init; }

    /// <summary>The service that it belongs to; null for one that was run by itself.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The deployment that started it, or what its caller says.</summary>
    public string? StartedBy { get; init; }

    public string? Group { get; init; }

    public JsonObject? Overrides { get; init; }

    public JsonArray Tags { get; set; } = [];

    public required string TaskDefinition { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required IReadOnlyList<EcsContainer> Containers { get; init; }

    public DateTimeOffset? StoppedAt { get; set; }

    public string? StopCode { get; set; }

    public string? StoppedReason { get; set; }

    public bool IsRunning => StoppedAt is null;

    public void Stop(string code, string reason, DateTimeOffset now) => (StopCode, StoppedReason, StoppedAt) = (code, reason, now);
}

/// <summary>A container of a task; without a digest, its image was not pulled.</summary>
internal sealed record EcsContainer(string Name, string Image, string? Digest, string? Reason);
