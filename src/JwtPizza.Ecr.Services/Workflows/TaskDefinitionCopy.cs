using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A task definition with another image, to be registered as the next revision. Nothing else of it changes.</summary>
internal sealed class TaskDefinitionCopy
{
    // What DescribeTaskDefinition tells and RegisterTaskDefinition does not take. Everything else is kept, also what this version does not
    // know.
    private static readonly string[] s_told =
        ["taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
            "deregisteredAt", "deleteRequestedAt"];

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TaskDefinitionCopy(JsonObject before, JsonObject after) => (Before, After) = (before, after);

    /// <summary>As it is.</summary>
    public JsonObject Before { get; }

    /// <summary>As it is to be.</summary>
    public JsonObject After { get; }

    /// <summary>Whether the two differ; a definition that names the image already is to be run again as it is.</summary>
    public bool IsChange => !JsonNode.DeepEquals(Before, After);

    /// <summary>The lines that differ, for a reader.</summary>
    public string Difference => JsonDifference.Between(Before.ToJsonString(s_plain), After.ToJsonString(s_plain));

    /// <summary>Puts an image in.</summary>
    /// <param name="whole">The definition.</param>
    /// <param name="image">The image's URI.</param>
    /// <param name="container">Which container; null finds it by the image's repository, or takes the only one.</param>
    /// <exception cref="PizzaException"><c>ContainerNotFound</c>, <c>ContainerUnclear</c>.</exception>
    public static TaskDefinitionCopy With(WholeTaskDefinition whole, string image, string? container)
    {
        JsonObject before = whole.TaskDefinition.DeepClone().AsObject();
        foreach (string member in s_told) before.Remove(member);
        if (whole.Tags is { Count: > 0 } tags) before["tags"] = tags.DeepClone();
        JsonObject after = before.DeepClone().AsObject();
        JsonObject[] all = [.. after["containerDefinitions"]?.AsArray().Select(c => c!.AsObject()) ?? []];
        foreach (JsonObject chosen in Choose(all, image, container)) chosen["image"] = image;
        return new(before, after);
    }

    private static JsonObject[] Choose(JsonObject[] all, string image, string? container)
    {
        string names = string.Join(", ", all.Select(c => $"'{c["name"]}'"));
        if (container is not null)
        {
            JsonObject[] named = Array.FindAll(all, c => (string?)c["name"] == container);
            return named.Length > 0 ? named : throw new PizzaException("ContainerNotFound", PizzaErrorKind.NotFound,
                $"The task definition has no container '{container}': it has {names}. Name one of them with -Container. " +
                "Nothing was changed.", container);
        }
        if (all.Length == 1) return all;
        JsonObject[] same = Array.FindAll(all, c => RepositoryOf((string?)c["image"]) == RepositoryOf(image));
        return same.Length > 0 ? same : throw new PizzaException("ContainerUnclear", PizzaErrorKind.InvalidArgument,
            $"The task definition has several containers ({names}), and none runs an image of {RepositoryOf(image)}. " +
            $"Specify with -Container which one runs {image}. Nothing was changed.", image);
    }

    private static string RepositoryOf(string? image)
    {
        try { return image is null ? "" : ImageReference.Parse(image) is var r ? $"{r.Host}/{r.Repository}" : ""; }
        catch (PizzaException) { return image!; }
    }
}
