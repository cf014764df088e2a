using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Task definitions: registered, numbered, told again.</summary>
internal static partial class TaskDefinitionOperations
{
    private const int ContainerLimit = 10, PageLimit = 100;

    private static readonly string[] s_texts = ["taskRoleArn", "executionRoleArn", "networkMode", "cpu", "memory", "pidMode", "ipcMode"];
    private static readonly string[] s_objects = ["runtimePlatform", "ephemeralStorage", "proxyConfiguration"];
    // told also when empty
    private static readonly string[] s_containerLists = ["portMappings", "environment", "mountPoints", "volumesFrom"];
    private static readonly string[] s_memories = ["memory", "memoryReservation"];   // in MiB
    private static readonly string[] s_architectures = ["X86_64", "ARM64"];

    public static JsonObject Register(EcsCall call)
    {
        string family = call.Input.RequiredText("family");
        if (!FamilyPattern().IsMatch(family)) throw Wrong("Family contains invalid characters.");
        JsonObject settings =
            Answer.Of(
                [.. s_texts.Select(m => (m, (JsonNode?)call.Input.Text(m))),
                    .. s_objects.Select(m => (m, EcsCall.Copy(call.Input.Object(m))))]);
        _ = call.Input.Object("runtimePlatform")?.Text("operatingSystemFamily");
        if (call.Input.Object("runtimePlatform")?.Text("cpuArchitecture") is { } architecture && !s_architectures.Contains(architecture))
            throw JsonArguments.Invalid("runtimePlatform.cpuArchitecture",
                $"Member must satisfy enum value set: [{string.Join(", ", s_architectures)}]");
        settings["containerDefinitions"] =
            (call.Input.Objects("containerDefinitions", 0, ContainerLimit) ?? throw JsonArguments.Missing("containerDefinitions"))
                .Select(Container).Array();
        if (settings["containerDefinitions"]!.AsArray().Count == 0) throw Wrong("Container list cannot be empty.");
        settings["requiresCompatibilities"] = call.Input.Texts("requiresCompatibilities", 0, 10)?.Array();
        settings["volumes"] = (call.Input.Objects("volumes", 0, 100) ?? []).Select(v => EcsCall.Copy(v)!).Array();
        settings["placementConstraints"] = (call.Input.Objects("placementConstraints", 0, 10) ?? []).Select(p => EcsCall.Copy(p)!).Array();
        if (call.Input.Texts("requiresCompatibilities", 0, 10)?.Contains("FARGATE") == true) CheckFargate(settings);
        int revision = 1 + (call.Region.TaskDefinitions.LastOrDefault(t => t.Family == family)?.Revision ?? 0);
        string arn = call.Region.Arn(string.Create(CultureInfo.InvariantCulture, $"task-definition/{family}:{revision}"));
        TaskDefinition made = new(family, revision, arn, settings, call.Tags(), call.World.Now) { RegisteredBy = call.Principal };
        call.Region.TaskDefinitions.Add(made);
        return Answer.Of(("taskDefinition", Json(made)), ("tags", made.Tags.DeepClone()));
    }

    public static JsonObject Describe(EcsCall call)
    {
        TaskDefinition found = Require(call, call.Input.RequiredText("taskDefinition"));
        return Answer.Of(("taskDefinition", Json(found)), ("tags", call.IncludesTags ? found.Tags.DeepClone() : null));
    }

    /// <summary>Makes it inactive: what runs goes on, and nothing new is made of it.</summary>
    public static JsonObject Deregister(EcsCall call)
    {
        TaskDefinition found = Require(call, call.Input.RequiredText("taskDefinition"));
        TaskDefinition inactive = found with { DeregisteredAt = found.DeregisteredAt ?? call.World.Now };
        call.Region.TaskDefinitions[call.Region.TaskDefinitions.IndexOf(found)] = inactive;
        return Answer.Of(("taskDefinition", Json(inactive)));
    }

    public static JsonObject Delete(EcsCall call)
    {
        JsonArray gone = [], failures = [];
        foreach (string text in call.Input.Texts("taskDefinitions", 1, 10) ?? throw JsonArguments.Missing("taskDefinitions"))
        {
            if (call.FindTaskDefinition(text) is not { DeregisteredAt: not null } found)
            {
                failures.Add(
                    (JsonNode)Answer.Of(("arn", text), ("reason", "The specified task definition is still in ACTIVE status. " +
                        "Please deregister the target and try again.")));
                continue;
            }
            call.Region.TaskDefinitions.Remove(found);
            JsonObject json = Json(found);
            json["status"] = "DELETE_IN_PROGRESS";
            gone.Add((JsonNode)json);
        }
        return Answer.Of(("taskDefinitions", gone), ("failures", failures));
    }

    public static JsonObject List(EcsCall call)
    {
        string? family = call.Input.Text("familyPrefix"), status = call.Input.Text("status") ?? "ACTIVE";
        return call.Page("taskDefinitionArns",
            call.Region.TaskDefinitions.Where(t => (family is null || t.Family == family) && status == StatusOf(t)).Select(t => t.Arn),
            PageLimit, PageLimit);
    }

    public static JsonObject ListFamilies(EcsCall call)
    {
        string prefix = call.Input.Text("familyPrefix") ?? "", status = call.Input.Text("status") ?? "ALL";
        IEnumerable<IGrouping<string, TaskDefinition>> families =
            call.Region.TaskDefinitions.GroupBy(t => t.Family).Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal));
        return call.Page("families",
            families.Where(f => status == "ALL" || (status == "ACTIVE") == f.Any(t => t.DeregisteredAt is null)).Select(f => f.Key),
            PageLimit, PageLimit);
    }

    /// <summary>Where tasks of it can run.</summary>
    public static string[] CompatibilitiesOf(JsonObject settings) =>
        (string?)settings["networkMode"] == "awsvpc" && settings["cpu"] is not null && settings["memory"] is not null
            && (string?)settings["pidMode"] != "host" ? ["EC2", "FARGATE"] : ["EC2"];

    public static TaskDefinition Require(EcsCall call, string text) =>
        call.FindTaskDefinition(text) ?? throw Wrong("Unable to describe task definition.");

    /// <summary>https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html</summary>
    private static void CheckFargate(JsonObject settings)
    {
        if ((string?)settings["networkMode"] != "awsvpc") throw Wrong("Fargate only supports network mode 'awsvpc'.");
        if (settings["cpu"] is null) throw Wrong("Fargate requires that 'cpu' be defined at the task level.");
        if (settings["memory"] is null) throw Wrong("Fargate requires that 'memory' be defined at the task level.");
        if ((string?)settings["pidMode"] == "host") throw Wrong("Tasks using the Fargate launch type do not support pidMode 'host'.");
        if (settings["ipcMode"] is not null) throw Wrong("Tasks using the Fargate launch type do not support ipcMode.");
    }

    private static string StatusOf(TaskDefinition definition) => definition.DeregisteredAt is null ? "ACTIVE" : "INACTIVE";

    private static JsonArray Attributes(JsonObject settings)
    {
        List<string> names = ["com.amazonaws.ecs.capability.docker-remote-api.1.18"];
        if (settings["containerDefinitions"]!.AsArray().Any(c => EcrHost.TryParse(((string)c!["image"]!).Split('/')[0]) is not null))
            names.Add("com.amazonaws.ecs.capability.ecr-auth");
        if (settings["executionRoleArn"] is not null) names.Add("ecs.capability.execution-role-ecr-pull");
        if (settings["taskRoleArn"] is not null) names.Add("com.amazonaws.ecs.capability.task-iam-role");
        if ((string?)settings["networkMode"] == "awsvpc") names.Add("ecs.capability.task-eni");
        return names.Select(n => Answer.Of(("name", n))).Array();
    }

    /// <summary>ECS's error for what a client did wrong.</summary>
    public static ApiError Wrong(string message) => new("ClientException", message);

    private static JsonObject Json(TaskDefinition definition)
    {
        JsonObject json = definition.Settings.DeepClone().AsObject();
        if (json["requiresCompatibilities"] is null) json.Remove("requiresCompatibilities");
        json["taskDefinitionArn"] = definition.Arn;
        json["family"] = definition.Family;
        json["revision"] = definition.Revision;
        json["status"] = StatusOf(definition);
        json["registeredAt"] = definition.RegisteredAt.Json();
        if (definition.RegisteredBy is { } principal) json["registeredBy"] = principal;
        if (definition.DeregisteredAt is { } end) json["deregisteredAt"] = end.Json();
        json["compatibilities"] = CompatibilitiesOf(definition.Settings).Array();
        json["requiresAttributes"] = Attributes(definition.Settings);
        json["volumes"] ??= new JsonArray();
        json["placementConstraints"] ??= new JsonArray();
        return json;
    }

    private static JsonObject Container(JsonArguments container)
    {
        if (string.IsNullOrEmpty(container.Text("name"))) throw Wrong("Container.name should not be null or empty.");
        if (string.IsNullOrEmpty(container.Text("image"))) throw Wrong("Container.image should not be null or empty.");
        JsonObject json = EcsCall.Copy(container)!.AsObject();
        json["cpu"] = container.Number("cpu", 0, int.MaxValue) ?? 0;
        foreach (string memory in s_memories) container.Number(memory, 4, int.MaxValue);
        json["essential"] = container.Json.TryGetProperty("essential", out JsonElement _) ? container.Flag("essential") : true;
        foreach (string list in s_containerLists) json[list] ??= new JsonArray();
        return json;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FamilyPattern();
}
