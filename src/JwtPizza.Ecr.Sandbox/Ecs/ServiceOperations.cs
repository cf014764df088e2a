using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Services.</summary>
internal static partial class ServiceOperations
{
    private const int ServiceLimit = 10, PageLimit = 100;

    private static readonly EcsSettings s_settings = new(
        ["cluster", "service", "serviceName", "taskDefinition", "desiredCount", "forceNewDeployment", "clientToken", "schedulingStrategy",
            "tags"], new()
        {
            ["launchType"] = JsonValueKind.String, ["platformVersion"] = JsonValueKind.String,
            ["networkConfiguration"] = JsonValueKind.Object, ["loadBalancers"] = JsonValueKind.Array,
            ["deploymentConfiguration"] = JsonValueKind.Object, ["healthCheckGracePeriodSeconds"] = JsonValueKind.Number,
            ["propagateTags"] = JsonValueKind.String,
            ["availabilityZoneRebalancing"] = JsonValueKind.String, ["deploymentController"] = JsonValueKind.Object,
            ["enableECSManagedTags"] = JsonValueKind.True,
            ["enableExecuteCommand"] = JsonValueKind.True, ["serviceRegistries"] = JsonValueKind.Array,
            ["capacityProviderStrategy"] = JsonValueKind.Array,
        });

    public static JsonObject ListServices(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        return call.Page("serviceArns", cluster.ActiveServices.Select(s => call.Region.Arn($"service/{cluster.Name}/{s.Name}")), PageLimit,
            ServiceLimit);
    }

    public static JsonObject Create(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        string name = call.Input.RequiredText("serviceName");
        if (!NamePattern().IsMatch(name)) throw Invalid("Service name contains invalid characters.");
        if (cluster.ActiveServices.Any(s => s.Name == name)) throw Invalid("Creation of service was not idempotent.");
        if (call.Input.Text("schedulingStrategy") is { } strategy && strategy != "REPLICA")
            throw Invalid($"The sandbox does not support the scheduling strategy {strategy}.");
        TaskDefinition definition = Definition(call) ?? throw Invalid("TaskDefinition is required.");
        EcsService service = new()
        {
            Name = name, ClusterName = cluster.Name, CreatedAt = call.World.Now, DesiredCount = Count(call) ?? 1,
            CreatedBy = call.Principal, Tags = call.Tags(),
        };
        Set(service, call.Input);
        CheckFargate(service, definition);
        Scheduler.Deploy(service, definition.Arn, call.World.Now);
        cluster.Services[name] = service;
        return Answer.Of(("service", Json(call.Region, cluster, service, tags: true)));
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
        return Answer.Of(("service", Json(call.Region, cluster, service, tags: true)));
    }

    /// <summary>Its tasks stop at once; it is told of as inactive, so that who waits for that sees it.</summary>
    public static JsonObject Delete(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        EcsService service = call.Service("service");
        if (service.DesiredCount > 0 && !call.Input.Flag("force"))
            throw Invalid("The service cannot be stopped while it is scaled above 0.");
        foreach (EcsTask task in cluster.Tasks.Where(t => t.IsRunning && t.ServiceName == service.Name))
            task.Stop("ServiceSchedulerInitiated", "The service was deleted", call.World.Now);
        (service.IsActive, service.DesiredCount) = (false, 0);
        JsonObject gone = Json(call.Region, cluster, service, tags: true);
        gone["status"] = "DRAINING";
        return Answer.Of(("service", gone));
    }

    public static JsonObject Describe(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        JsonArray services = [], failures = [];
        foreach (string text in call.Input.Texts("services", 0, ServiceLimit) ?? throw JsonArguments.Missing("services"))
        {
            if (cluster.Services.TryGetValue(EcsCall.NameIn(text), out EcsService? service))
                services.Add((JsonNode)Json(call.Region, cluster, service, call.IncludesTags));
            else failures.Add(
                (JsonNode)Answer.Of(("arn", Arn.IsMeant(text) ? text : call.Region.Arn($"service/{cluster.Name}/{text}")),
                    ("reason", "MISSING")));
        }
        return Answer.Of(("services", services), ("failures", failures));
    }

    private static JsonObject Json(EcsRegion region, EcsCluster cluster, EcsService service, bool tags)
    {
        JsonObject json = Answer.Of(
            ("serviceArn", region.Arn($"service/{cluster.Name}/{service.Name}")), ("serviceName", service.Name),
            ("clusterArn", region.Arn("cluster/" + cluster.Name)),
            ("status", service.IsActive ? "ACTIVE" : "INACTIVE"), ("desiredCount", service.DesiredCount),
            ("runningCount", cluster.Tasks.Count(t => t.IsRunning && t.ServiceName == service.Name)), ("pendingCount", 0),
            ("taskDefinition", service.Deployments[0].TaskDefinition), ("launchType", "FARGATE"), ("platformVersion", "LATEST"),
            ("platformFamily", "Linux"), ("schedulingStrategy", "REPLICA"),
            ("createdAt", service.CreatedAt.Json()), ("createdBy", service.CreatedBy),
            ("roleArn",
                $"{Arn.OfIam(region.Partition.Name, region.AccountId, "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")}"),
            ("deployments", service.Deployments.Select((d, i) => Json(cluster, service, d, i == 0)).Array()),
            ("events",
                service.Events.Select(e => Answer.Of(("id", e.Id), ("createdAt", e.CreatedAt.Json()), ("message", e.Message))).Array()),
            ("loadBalancers", new JsonArray()), ("serviceRegistries", new JsonArray()), ("placementConstraints", new JsonArray()),
            ("placementStrategy", new JsonArray()),
            ("deploymentController", Answer.Of(("type", "ECS"))), ("enableECSManagedTags", false), ("propagateTags", "NONE"),
            ("enableExecuteCommand", false),
            ("availabilityZoneRebalancing", "ENABLED"), ("tags", tags ? service.Tags.DeepClone() : null));
        foreach ((string member, JsonNode? value) in service.Settings) json[member] = value?.DeepClone();
        if (service.Settings.ContainsKey("capacityProviderStrategy")) json.Remove("launchType");
        json["deploymentConfiguration"] = Deploying(service.Settings["deploymentConfiguration"]);
        return json;
    }

    /// <summary>A configuration with what ECS fills in.</summary>
    private static JsonObject Deploying(JsonNode? given)
    {
        JsonObject all = Answer.Of(("deploymentCircuitBreaker", Answer.Of(("enable", false), ("rollback", false))), ("maximumPercent", 200),
            ("minimumHealthyPercent", 100));
        foreach ((string member, JsonNode? value) in given?.AsObject() ?? []) all[member] = value?.DeepClone();
        return all;
    }

    private static JsonObject Json(EcsCluster cluster, EcsService service, EcsDeployment deployment, bool primary) => Answer.Of(
        ("id", deployment.Id), ("status", primary ? "PRIMARY" : "ACTIVE"), ("taskDefinition", deployment.TaskDefinition),
        ("desiredCount", primary ? service.DesiredCount : 0),
        ("pendingCount", 0), ("runningCount", cluster.Tasks.Count(t => t.IsRunning && t.StartedBy == deployment.Id)),
        ("failedTasks", deployment.FailedTasks),
        ("createdAt", deployment.CreatedAt.Json()), ("updatedAt", deployment.UpdatedAt.Json()),
        ("launchType", service.Settings.ContainsKey("capacityProviderStrategy") ? null : "FARGATE"),
        ("capacityProviderStrategy", service.Settings["capacityProviderStrategy"]?.DeepClone()),
        ("platformVersion", "1.4.0"), ("platformFamily", "Linux"),
        ("networkConfiguration", service.Settings["networkConfiguration"]?.DeepClone()), ("rolloutState", deployment.RolloutState),
        ("rolloutStateReason", deployment.Reason));

    private static void Set(EcsService service, JsonArguments input)
    {
        JsonArguments? breaker = input.Object("deploymentConfiguration")?.Object("deploymentCircuitBreaker");
        _ = breaker?.Flag("enable") | breaker?.Flag("rollback");   // read when a deployment fails, and then it must be readable
        if (input.Text("launchType") is { } launchType && launchType != "FARGATE")
            throw Invalid($"The sandbox has the launch type FARGATE, and not '{launchType}'.");
        if (input.Object("deploymentController")?.Text("type") is { } controller && controller != "ECS")
            throw Invalid($"The sandbox has the deployment controller ECS, and not '{controller}'.");
        if ((input.Objects("capacityProviderStrategy", 0, 20) ?? [])
            .FirstOrDefault(p =>
                p.RequiredText("capacityProvider") is not ("FARGATE"
                    or "FARGATE_SPOT")) is { Json.ValueKind: JsonValueKind.Object } provider)
            throw Invalid(
                $"The sandbox has the capacity providers FARGATE and FARGATE_SPOT, and not '{provider.Text("capacityProvider")}'.");
        s_settings.Apply(input, service.Settings, "services");
        // the launch type counts
        if (service.Settings["capacityProviderStrategy"] is JsonArray { Count: 0 }) service.Settings.Remove("capacityProviderStrategy");
    }

    /// <summary>What Fargate asks of a service.</summary>
    private static void CheckFargate(EcsService service, TaskDefinition definition)
    {
        bool isAwsVpc = (string?)definition.Settings["networkMode"] == "awsvpc";
        if (service.Settings.ContainsKey("launchType")
            && !TaskDefinitionOperations.CompatibilitiesOf(definition.Settings).Contains("FARGATE"))
            throw Invalid("Task definition does not support launch_type FARGATE.");
        if (isAwsVpc && service.Settings["networkConfiguration"] is null)
            throw Invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    }

    private static TaskDefinition? Definition(EcsCall call) =>
        call.Input.Text("taskDefinition") is not { } text ? null
        : call.FindTaskDefinition(text) is not { } found ? throw TaskDefinitionOperations.Wrong("TaskDefinition not found.")
        : found.DeregisteredAt is null ? found : throw TaskDefinitionOperations.Wrong("TaskDefinition is inactive");

    private static int? Count(EcsCall call) => (int?)call.Input.Number("desiredCount", 0, 5000);

    private static ApiError Invalid(string message) => new("InvalidParameterException", message);

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
