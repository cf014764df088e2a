using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Resource tags of clusters, services, tasks and task definitions.</summary>
internal static class EcsTagOperations
{
    private const int Limit = 50;

    public static JsonObject Tag(EcsCall call)
    {
        JsonArray tags = Find(call);
        List<string> keys =
            [.. (call.Input.Objects("tags", 0, Limit) ?? throw JsonArguments.Missing("tags")).Select(t => t.RequiredText("key"))];
        if (tags.Select(t => (string)t!["key"]!).Union(keys).Count() > Limit)
            throw new ApiError("InvalidParameterException", $"A resource has at most {Limit} tags.");
        Remove(tags, keys);
        foreach (JsonNode? tag in call.Tags()) tags.Add(tag!.DeepClone());
        return [];
    }

    public static JsonObject Untag(EcsCall call)
    {
        Remove(Find(call), call.Input.Texts("tagKeys", 0, Limit) ?? throw JsonArguments.Missing("tagKeys"));
        return [];
    }

    public static JsonObject List(EcsCall call) => Answer.Of(("tags", Find(call).DeepClone()));

    private static void Remove(JsonArray tags, IReadOnlyCollection<string> keys)
    {
        foreach (JsonNode? tag in tags.Where(t => keys.Contains((string)t!["key"]!)).ToList()) tags.Remove(tag);
    }

    private static JsonArray Find(EcsCall call)
    {
        string text = call.Input.RequiredText("resourceArn");
        if (!Arn.TryParse(text, out Arn? arn) || arn.Service != "ecs") throw new ApiError("InvalidParameterException", "Invalid arn");
        return arn.Resource.Split('/') switch
        {
            ["cluster", var cluster] => call.Region.Clusters.GetValueOrDefault(cluster)?.Tags,
            ["service", var cluster, var service] =>
                call.Region.Clusters.GetValueOrDefault(cluster)?.ActiveServices.FirstOrDefault(s => s.Name == service)?.Tags,
            ["task", var cluster, var task] => call.Region.Clusters.GetValueOrDefault(cluster)?.Tasks.Find(t => t.Id == task)?.Tags,
            ["task-definition", _] => call.FindTaskDefinition(text)?.Tags,
            _ => null,
        } ?? throw new ApiError("ResourceNotFoundException", "The specified resource is not found.");
    }
}
