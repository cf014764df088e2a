using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Clusters.</summary>
internal static partial class ClusterOperations
{
    private const int PageLimit = 100;

    private static readonly EcsSettings s_settings = new(["clusterName", "cluster", "tags"], new()
    {
        ["settings"] = JsonValueKind.Array, ["configuration"] = JsonValueKind.Object, ["capacityProviders"] = JsonValueKind.Array,
        ["defaultCapacityProviderStrategy"] = JsonValueKind.Array,
        ["serviceConnectDefaults"] = JsonValueKind.Object,
    });

    public static JsonObject Create(EcsCall call)
    {
        string name = call.Input.Text("clusterName") ?? "default";
        if (!NamePattern().IsMatch(name)) throw new ApiError("InvalidParameterException", "Cluster name contains invalid characters.");
        // as ECS does: the one that is there
        if (call.Region.Clusters.TryGetValue(name, out EcsCluster? there))
            return Answer.Of(("cluster", Json(call.Region, there, tags: true)));
        EcsCluster made = new() { Name = name, Tags = call.Tags() };
        s_settings.Apply(call.Input, made.Settings, "clusters");
        call.Region.Clusters[name] = made;
        return Answer.Of(("cluster", Json(call.Region, made, tags: true)));
    }

    public static JsonObject Update(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        s_settings.Apply(call.Input, cluster.Settings, "clusters");
        return Answer.Of(("cluster", Json(call.Region, cluster, tags: true)));
    }

    public static JsonObject Delete(EcsCall call)
    {
        EcsCluster cluster = call.Cluster();
        if (cluster.ActiveServices.Any())
            throw new ApiError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
        if (cluster.Tasks.Exists(t => t.IsRunning))
            throw new ApiError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
        call.Region.Clusters.Remove(cluster.Name);
        JsonObject gone = Json(call.Region, cluster, tags: true);
        gone["status"] = "INACTIVE";
        return Answer.Of(("cluster", gone));
    }

    public static JsonObject Describe(EcsCall call)
    {
        JsonArray clusters = [], failures = [];
        foreach (string text in call.Input.Texts("clusters", 0, PageLimit) is { Count: > 0 } given ? given : ["default"])
        {
            if (call.Region.Clusters.TryGetValue(EcsCall.NameIn(text), out EcsCluster? cluster))
                clusters.Add((JsonNode)Json(call.Region, cluster, call.IncludesTags));
            else failures.Add(
                (JsonNode)Answer.Of(("arn", Arn.IsMeant(text) ? text : call.Region.Arn("cluster/" + text)), ("reason", "MISSING")));
        }
        return Answer.Of(("clusters", clusters), ("failures", failures));
    }

    public static JsonObject List(EcsCall call) =>
        call.Page("clusterArns", call.Region.Clusters.Keys.Select(c => call.Region.Arn("cluster/" + c)), PageLimit, PageLimit);

    private static JsonObject Json(EcsRegion region, EcsCluster cluster, bool tags)
    {
        JsonObject json = Answer.Of(
            ("clusterArn", region.Arn("cluster/" + cluster.Name)), ("clusterName", cluster.Name), ("status", "ACTIVE"),
            ("registeredContainerInstancesCount", 0),
            ("runningTasksCount", cluster.Tasks.Count(t => t.IsRunning)), ("pendingTasksCount", 0),
            ("activeServicesCount", cluster.ActiveServices.Count()), ("statistics", new JsonArray()),
            ("tags", tags ? cluster.Tags.DeepClone() : new JsonArray()),
            ("settings", new JsonArray(Answer.Of(("name", "containerInsights"), ("value", "disabled")))),
            ("capacityProviders", new JsonArray()), ("defaultCapacityProviderStrategy", new JsonArray()));
        foreach ((string member, JsonNode? value) in cluster.Settings) json[member] = value?.DeepClone();
        return json;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
