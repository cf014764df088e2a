using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Clusters and services.</summary>
internal static partial class ServiceOperations
{
    private const int ServiceLimit = 10, PageLimit = 100;

    // Read by the operations themselves, and kept to be told again. Everything else is refused: an answer that ignores a wish would lie.
    private static readonly string[] s_read = ["cluster", "service", "serviceName", "taskDefinition", "desiredCount", "forceNewDeployment", "clientToken", "schedulingStrategy"];

    private static readonly Dictionary<string, JsonValueKind> s_kept = new()
    {
        ["launchType"] = JsonValueKind.String, ["platformVersion"] = JsonValueKind.String, ["networkConfiguration"] = JsonValueKind.Object, ["loadBalancers"] = JsonValueKind.Array,
        ["deploymentConfiguration"] = JsonValueKind.Object, ["healthCheckGracePeriodSeconds"] = JsonValueKind.Number, ["propagateTags"] = JsonValueKind.String,
    };

    public static JsonObject CreateCluster(EcsCall call)
    {
        string name = call.Input.Text("clusterName") ?? "default";
        if (!NamePattern().IsMatch(name)) throw Invalid("Cluster name contains invalid characters.");
        if (!call.Region.Clusters.ContainsKey(name)) call.Region.Clusters[name] = new() { Name = name };   // as ECS does: the one that is there
        EcsCluster cluster = call.Region.Clusters[name];
        return Answer.Of(("cluster", Answer.Of(
            ("clusterArn", call.Region.Arn("cluster/" + name)), ("clusterName", name), ("status", "ACTIVE"), ("registeredContainerInstancesCount", 0),
            ("runningTasksCount", cluster.Tasks.Count(t => t.IsRunning)), ("pendingTasksCount", 0), ("activeServicesCount", cluster.Services.Count))));
    }

    public static JsonObject ListClusters(EcsCall call) => call.Page("clusterArns", call.Region.Clusters.Keys.Select(c => call.Region.Arn("cluster/" + c)), PageLimit, PageLimit);

    public static JsonObject ListServices(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        return call.Page("serviceArns", cluster.Services.Keys.Select(s => call.Region.Arn($"service/{cluster.Name}/{s}")), PageLimit, ServiceLimit);
    }

    public static JsonObject Create(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        string name = call.Input.RequiredText("serviceName");
        if (!NamePattern().IsMatch(name)) throw Invalid("Service name contains invalid characters.");
        if (cluster.Services.ContainsKey(name)) throw Invalid("Creation of service was not idempotent.");
        if (call.Input.Text("schedulingStrategy") is { } strategy && strategy != "REPLICA") throw Invalid($"The sandbox does not support the scheduling strategy {strategy}.");
        TaskDefinition definition = Definition(call) ?? throw Invalid("TaskDefinition is required.");
        EcsService service = new() { Name = name, ClusterName = cluster.Name, CreatedAt = call.World.Now, DesiredCount = Count(call) ?? 1 };
        Set(service, call.Input);
        Scheduler.Deploy(service, definition.Arn, call.World.Now);
        cluster.Services.Add(name, service);
        return Answer.Of(("service", Json(call.Region, cluster, service)));
    }

    public static JsonObject Update(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        EcsService service = call.Service("service");
        string old = service.Deployments[0].TaskDefinition, wanted = Definition(call)?.Arn ?? old;
        int? count = Count(call);
        Set(service, call.Input);
        service.DesiredCount = count ?? service.DesiredCount;
        if (call.Input.Flag("forceNewDeployment") || wanted != old) Scheduler.Deploy(service, wanted, call.World.Now);
        return Answer.Of(("service", Json(call.Region, cluster, service)));
    }

    public static JsonObject Describe(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        JsonArray services = [], failures = [];
        foreach (string text in call.Input.Texts("services", 0, ServiceLimit) ?? throw JsonArguments.Missing("services"))
        {
            if (cluster.Services.TryGetValue(EcsCall.NameIn(text), out EcsService? service)) services.Add((JsonNode)Json(call.Region, cluster, service));
            else failures.Add((JsonNode)Answer.Of(("arn", Arn.IsMeant(text) ? text : call.Region.Arn($"service/{cluster.Name}/{text}")), ("reason", "MISSING")));
        }
        return Answer.Of(("services", services), ("failures", failures));
    }

    private static JsonObject Json(EcsRegion region, EcsCluster cluster, EcsService service)
    {
        JsonObject json = Answer.Of(
            ("serviceArn", region.Arn($"service/{cluster.Name}/{service.Name}")), ("serviceName", service.Name), ("clusterArn", region.Arn("cluster/" + cluster.Name)), ("status", "ACTIVE"),
            ("desiredCount", service.DesiredCount), ("runningCount", cluster.Tasks.Count(t => t.IsRunning && t.ServiceName == service.Name)), ("pendingCount", 0),
            ("taskDefinition", service.Deployments[0].TaskDefinition), ("launchType", "FARGATE"), ("schedulingStrategy", "REPLICA"), ("createdAt", service.CreatedAt.Json()),
            ("deployments", service.Deployments.Select((d, i) => Json(cluster, service, d, i == 0)).Array()),
            ("events", service.Events.Select(e => Answer.Of(("id", e.Id), ("createdAt", e.CreatedAt.Json()), ("message", e.Message))).Array()),
            ("loadBalancers", new JsonArray()), ("deploymentConfiguration", Answer.Of(("maximumPercent", 200), ("minimumHealthyPercent", 100))));
        foreach ((string member, JsonNode? value) in service.Settings) json[member] = value?.DeepClone();
        return json;
    }

    private static JsonObject Json(EcsCluster cluster, EcsService service, EcsDeployment deployment, bool primary) => Answer.Of(
        ("id", deployment.Id), ("status", primary ? "PRIMARY" : "ACTIVE"), ("taskDefinition", deployment.TaskDefinition), ("desiredCount", primary ? service.DesiredCount : 0),
        ("pendingCount", 0), ("runningCount", cluster.Tasks.Count(t => t.IsRunning && t.DeploymentId == deployment.Id)), ("failedTasks", deployment.FailedTasks),
        ("createdAt", deployment.CreatedAt.Json()), ("updatedAt", deployment.UpdatedAt.Json()), ("launchType", "FARGATE"),
        ("rolloutState", deployment.RolloutState), ("rolloutStateReason", deployment.Reason));

    private static void Set(EcsService service, JsonArguments input)
    {
        JsonArguments? breaker = input.Object("deploymentConfiguration")?.Object("deploymentCircuitBreaker");
        _ = breaker?.Flag("enable") | breaker?.Flag("rollback");   // read when a deployment fails, and then it must be readable
        foreach (JsonProperty member in input.Json.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null && !s_read.Contains(m.Name)))
        {
            if (!s_kept.TryGetValue(member.Name, out JsonValueKind kind)) throw Invalid($"The sandbox does not support the parameter '{member.Name}' of services.");
            if (member.Value.ValueKind != kind) throw new ApiError("SerializationException", $"The value of '{member.Name}' is not a {kind.ToString().ToLowerInvariant()}.");
            if (member is { Name: "launchType" } && !member.Value.ValueEquals("FARGATE")) throw Invalid($"The sandbox has the launch type FARGATE, and not '{member.Value.GetString()}'.");
        }
        foreach (string name in s_kept.Keys)
            if (input.Json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null) service.Settings[name] = JsonNode.Parse(value.GetRawText());
    }

    private static TaskDefinition? Definition(EcsCall call) =>
        call.Input.Text("taskDefinition") is { } text ? call.FindTaskDefinition(text) ?? throw TaskDefinitionOperations.Wrong("TaskDefinition not found.") : null;

    private static int? Count(EcsCall call) => (int?)call.Input.Number("desiredCount", 0, 5000);

    private static ApiError Invalid(string message) => new("InvalidParameterException", message);

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
