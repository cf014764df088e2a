using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Tasks: which there are, and why one stopped.</summary>
internal static class TaskOperations
{
    private const int TaskLimit = 100;

    private static readonly EcsSettings s_settings = new(
        ["cluster", "taskDefinition", "count", "startedBy", "group", "overrides", "tags", "clientToken", "referenceId", "launchType"],
        new()
        {
            ["networkConfiguration"] = JsonValueKind.Object, ["platformVersion"] = JsonValueKind.String,
            ["propagateTags"] = JsonValueKind.String, ["enableECSManagedTags"] = JsonValueKind.True,
            ["enableExecuteCommand"] = JsonValueKind.True, ["capacityProviderStrategy"] = JsonValueKind.Array,
        });

    public static JsonObject List(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        string? service = call.Input.Text("serviceName") is null ? null : call.Service("serviceName").Name;
        string wanted = call.Input.Text("desiredStatus") ?? "RUNNING";
        if (wanted is not ("RUNNING" or "PENDING" or "STOPPED"))
            throw JsonArguments.Invalid("desiredStatus", "Member must satisfy enum value set: [RUNNING, PENDING, STOPPED]");
        string? family = call.Input.Text("family"), startedBy = call.Input.Text("startedBy");
        return call.Page("taskArns", cluster.Tasks.Where(t =>
            (service is null || t.ServiceName == service) && (startedBy is null || t.StartedBy == startedBy)
                && wanted == (t.IsRunning ? "RUNNING" : "STOPPED")
            && (family is null || call.FindTaskDefinition(t.TaskDefinition)?.Family == family)).Select(t => ArnOf(call.Region, cluster, t)),
            TaskLimit, TaskLimit);
    }

    public static JsonObject Describe(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        JsonArray tasks = [], failures = [];
        foreach (string text in call.Input.Texts("tasks", 1, TaskLimit) ?? throw JsonArguments.Missing("tasks"))
        {
            if (cluster.Tasks.Find(t => t.Id == EcsCall.NameIn(text)) is { } task)
                tasks.Add((JsonNode)Json(call.Region, cluster, task, call.IncludesTags));
            else failures.Add(
                (JsonNode)Answer.Of(("arn", Arn.IsMeant(text) ? text : call.Region.Arn($"task/{cluster.Name}/{text}")),
                    ("reason", "MISSING")));
        }
        return Answer.Of(("tasks", tasks), ("failures", failures));
    }

    /// <summary>Starts tasks of no service. No container runs: they end by themselves after a minute of the sandbox's clock.</summary>
    public static JsonObject Run(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        TaskDefinition definition = call.FindTaskDefinition(call.Input.RequiredText("taskDefinition"))
            ?? throw TaskDefinitionOperations.Wrong("TaskDefinition not found.");
        if (definition.DeregisteredAt is not null) throw TaskDefinitionOperations.Wrong("TaskDefinition is inactive");
        int count = (int)(call.Input.Number("count", 1, 10) ?? 1);
        JsonObject settings = [];
        s_settings.Apply(call.Input, settings, "tasks");
        if (call.Input.Text("launchType") is { } type && type != "FARGATE")
            throw new ApiError("InvalidParameterException", $"The sandbox has the launch type FARGATE, and not '{type}'.");
        if ((string?)definition.Settings["networkMode"] == "awsvpc" && settings["networkConfiguration"] is null)
            throw new ApiError("InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
        List<EcsContainer> containers = [.. definition.Settings["containerDefinitions"]!.AsArray()
            .Select(c => Scheduler.Pull(call.World, call.Region, definition, c!))];
        List<EcsTask> tasks = [.. Enumerable.Range(0, count).Select(_ => new EcsTask
        {
            Id = Scheduler.NewId(), TaskDefinition = definition.Arn, CreatedAt = call.World.Now, Containers = containers,
            StartedBy = call.Input.Text("startedBy"), Tags = call.Tags(),
            Group = call.Input.Text("group") ?? "family:" + definition.Family,
            Overrides = EcsCall.Copy(call.Input.Object("overrides"))?.AsObject(),
        })];
        foreach (EcsTask task in tasks.Where(_ => containers.Exists(c => c.Reason is not null)))
            task.Stop("TaskFailedToStart", containers.Find(c => c.Reason is not null)!.Reason!, call.World.Now);
        cluster.Tasks.AddRange(tasks);
        return Answer.Of(("tasks", tasks.Select(t => Json(call.Region, cluster, t, tags: true)).Array()), ("failures", new JsonArray()));
    }

    public static JsonObject Stop(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        EcsTask task = cluster.Tasks.Find(t => t.Id == EcsCall.NameIn(call.Input.RequiredText("task")))
            ?? throw new ApiError("InvalidParameterException", "The referenced task was not found.");
        if (task.IsRunning) task.Stop("UserInitiated", call.Input.Text("reason") ?? "Task stopped by user", call.World.Now);
        return Answer.Of(("task", Json(call.Region, cluster, task, tags: true)));
    }

    private static string ArnOf(EcsRegion region, EcsCluster cluster, EcsTask task) => region.Arn($"task/{cluster.Name}/{task.Id}");

    private static JsonObject Json(EcsRegion region, EcsCluster cluster, EcsTask task, bool tags)
    {
        string status = task.IsRunning ? "RUNNING" : "STOPPED", arn = ArnOf(region, cluster, task);
        bool started = task.StopCode != "TaskFailedToStart";
        return Answer.Of(
            ("taskArn", arn), ("clusterArn", region.Arn("cluster/" + cluster.Name)), ("taskDefinitionArn", task.TaskDefinition),
            ("group", task.Group),
            ("startedBy", task.StartedBy), ("launchType", "FARGATE"), ("lastStatus", status), ("desiredStatus", status),
            ("createdAt", task.CreatedAt.Json()),
            ("startedAt", started ? task.CreatedAt.Json() : null), ("stoppedAt", task.StoppedAt?.Json()), ("stopCode", task.StopCode),
            ("stoppedReason", task.StoppedReason),
            ("containers", task.Containers.Select(c => Answer.Of(
                ("containerArn", $"{arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{c.Name}"), ("taskArn", arn),
                ("name", c.Name), ("image", c.Image),
                ("imageDigest", c.Digest), ("lastStatus", status), ("reason", c.Reason),
                ("exitCode", task.StopCode == "EssentialContainerExited" ? 0 : null),
                ("networkInterfaces", new JsonArray()))).Array()),
            ("overrides", task.Overrides?.DeepClone() ?? Answer.Of(("containerOverrides", new JsonArray()))),
            ("attachments", new JsonArray()), ("attributes", new JsonArray()),
            ("tags", tags ? task.Tags.DeepClone() : new JsonArray()), ("version", task.IsRunning ? 1 : 2), ("platformVersion", "1.4.0"),
            ("platformFamily", "Linux"));
    }
}
