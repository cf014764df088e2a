using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Tasks: which there are, and why one stopped.</summary>
internal static class TaskOperations
{
    private const int TaskLimit = 100;

    public static JsonObject List(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        string? service = call.Input.Text("serviceName") is null ? null : call.Service("serviceName").Name;
        string wanted = call.Input.Text("desiredStatus") ?? "RUNNING";
        if (wanted is not ("RUNNING" or "PENDING" or "STOPPED")) throw JsonArguments.Invalid("desiredStatus", "Member must satisfy enum value set: [RUNNING, PENDING, STOPPED]");
        string? family = call.Input.Text("family"), startedBy = call.Input.Text("startedBy");
        return call.Page("taskArns", cluster.Tasks.Where(t =>
            (service is null || t.ServiceName == service) && (startedBy is null || t.DeploymentId == startedBy) && wanted == (t.IsRunning ? "RUNNING" : "STOPPED")
            && (family is null || call.FindTaskDefinition(t.TaskDefinition)?.Family == family)).Select(t => ArnOf(call.Region, cluster, t)), TaskLimit, TaskLimit);
    }

    public static JsonObject Describe(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        JsonArray tasks = [], failures = [];
        foreach (string text in call.Input.Texts("tasks", 1, TaskLimit) ?? throw JsonArguments.Missing("tasks"))
        {
            if (cluster.Tasks.Find(t => t.Id == EcsCall.NameIn(text)) is { } task) tasks.Add((JsonNode)Json(call.Region, cluster, task));
            else failures.Add((JsonNode)Answer.Of(("arn", Arn.IsMeant(text) ? text : call.Region.Arn($"task/{cluster.Name}/{text}")), ("reason", "MISSING")));
        }
        return Answer.Of(("tasks", tasks), ("failures", failures));
    }

    private static string ArnOf(EcsRegion region, EcsCluster cluster, EcsTask task) => region.Arn($"task/{cluster.Name}/{task.Id}");

    private static JsonObject Json(EcsRegion region, EcsCluster cluster, EcsTask task)
    {
        string status = task.IsRunning ? "RUNNING" : "STOPPED", arn = ArnOf(region, cluster, task);
        bool started = task.StopCode != "TaskFailedToStart";
        return Answer.Of(
            ("taskArn", arn), ("clusterArn", region.Arn("cluster/" + cluster.Name)), ("taskDefinitionArn", task.TaskDefinition), ("group", "service:" + task.ServiceName),
            ("startedBy", task.DeploymentId), ("launchType", "FARGATE"), ("lastStatus", status), ("desiredStatus", status), ("createdAt", task.CreatedAt.Json()),
            ("startedAt", started ? task.CreatedAt.Json() : null), ("stoppedAt", task.StoppedAt?.Json()), ("stopCode", task.StopCode), ("stoppedReason", task.StoppedReason),
            ("containers", task.Containers.Select(c => Answer.Of(
                ("containerArn", $"{arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{c.Name}"), ("taskArn", arn), ("name", c.Name), ("image", c.Image),
                ("imageDigest", c.Digest), ("lastStatus", status), ("reason", c.Reason))).Array()));
    }
}
