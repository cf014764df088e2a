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
    private const int ContainerLimit = 10, TagLimit = 50;

    private static readonly string[] s_texts = ["taskRoleArn", "executionRoleArn", "networkMode", "cpu", "memory", "pidMode", "ipcMode"];
    private static readonly string[] s_objects = ["runtimePlatform", "ephemeralStorage", "proxyConfiguration"];
    private static readonly string[] s_containerLists = ["portMappings", "environment", "mountPoints", "volumesFrom"];   // told also when empty
    private static readonly string[] s_memories = ["memory", "memoryReservation"];   // in MiB
    private static readonly string[] s_architectures = ["X86_64", "ARM64"];

    public static JsonObject Register(EcsCall call)
    {
        string family = call.Input.RequiredText("family");
        if (!FamilyPattern().IsMatch(family)) throw Wrong("Family contains invalid characters.");
        JsonObject settings = Answer.Of([.. s_texts.Select(m => (m, (JsonNode?)call.Input.Text(m))), .. s_objects.Select(m => (m, Copy(call.Input.Object(m))))]);
        _ = call.Input.Object("runtimePlatform")?.Text("operatingSystemFamily");
        if (call.Input.Object("runtimePlatform")?.Text("cpuArchitecture") is { } architecture && !s_architectures.Contains(architecture))
            throw JsonArguments.Invalid("runtimePlatform.cpuArchitecture", $"Member must satisfy enum value set: [{string.Join(", ", s_architectures)}]");
        settings["containerDefinitions"] = (call.Input.Objects("containerDefinitions", 0, ContainerLimit) ?? throw JsonArguments.Missing("containerDefinitions")).Select(Container).Array();
        if (settings["containerDefinitions"]!.AsArray().Count == 0) throw Wrong("Container list cannot be empty.");
        settings["requiresCompatibilities"] = call.Input.Texts("requiresCompatibilities", 0, 10)?.Array();
        if (call.Input.Objects("volumes", 0, 100) is { } volumes) settings["volumes"] = volumes.Select(v => Copy(v)!).Array();
        int revision = 1 + (call.Region.TaskDefinitions.LastOrDefault(t => t.Family == family)?.Revision ?? 0);
        string arn = call.Region.Arn(string.Create(CultureInfo.InvariantCulture, $"task-definition/{family}:{revision}"));
        TaskDefinition made = new(family, revision, arn, settings, (call.Input.Objects("tags", 0, TagLimit) ?? []).Select(t => Copy(t)!).Array(), call.World.Now);
        call.Region.TaskDefinitions.Add(made);
        return Answer.Of(("taskDefinition", Json(made)), ("tags", made.Tags.DeepClone()));
    }

    public static JsonObject Describe(EcsCall call)
    {
        TaskDefinition found = call.FindTaskDefinition(call.Input.RequiredText("taskDefinition")) ?? throw Wrong("Unable to describe task definition.");
        bool tags = call.Input.Texts("include", 0, 1)?.Contains("TAGS") == true;
        return Answer.Of(("taskDefinition", Json(found)), ("tags", tags ? found.Tags.DeepClone() : null));
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
        json["status"] = "ACTIVE";
        json["registeredAt"] = definition.RegisteredAt.Json();
        return json;
    }

    private static JsonObject Container(JsonArguments container)
    {
        if (string.IsNullOrEmpty(container.Text("name"))) throw Wrong("Container.name should not be null or empty.");
        if (string.IsNullOrEmpty(container.Text("image"))) throw Wrong("Container.image should not be null or empty.");
        JsonObject json = Copy(container)!.AsObject();
        json["cpu"] = container.Number("cpu", 0, int.MaxValue) ?? 0;
        foreach (string memory in s_memories) container.Number(memory, 4, int.MaxValue);
        json["essential"] = container.Json.TryGetProperty("essential", out JsonElement _) ? container.Flag("essential") : true;
        foreach (string list in s_containerLists) json[list] ??= new JsonArray();
        return json;
    }

    private static JsonNode? Copy(JsonArguments? input) => input is { } given ? JsonNode.Parse(given.Json.GetRawText()) : null;

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FamilyPattern();
}
