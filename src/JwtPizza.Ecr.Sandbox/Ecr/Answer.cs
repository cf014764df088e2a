using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Builds outputs: a member without a value is left out, as AWS does.</summary>
internal static class Answer
{
    public static JsonObject Of(params (string Name, JsonNode? Value)[] members)
    {
        JsonObject answer = [];
        foreach ((string name, JsonNode? value) in members)
            if (value is not null) answer[name] = value;
        return answer;
    }

    public static JsonArray Array(this IEnumerable<JsonNode> items) => [.. items];

    public static JsonArray Array(this IEnumerable<string> items) => [.. items.Select(i => JsonValue.Create(i))];
}
