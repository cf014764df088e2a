using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>
/// What a call sets and the sandbox does nothing with. A member that asks for nothing (null, false, empty) passes; one that changes nothing
/// here is kept and told; one whose acceptance would be a lie is refused by its name.
/// </summary>
/// <param name="read">The members that the operation reads by itself.</param>
/// <param name="kept">The members that are kept, with the kind of their values.</param>
internal sealed class EcsSettings(string[] read, Dictionary<string, JsonValueKind> kept)
{
    /// <summary>Reads what a call sets, all or nothing.</summary>
    public void Apply(JsonArguments input, JsonObject settings, string of)
    {
        Dictionary<string, JsonNode?> given = [];
        foreach (JsonProperty member in input.Json.EnumerateObject()
            .Where(m => m.Value.ValueKind != JsonValueKind.Null && !read.Contains(m.Name)))
        {
            if (kept.TryGetValue(member.Name, out JsonValueKind kind))
            {
                if (!IsOf(member.Value, kind))
                    throw new ApiError("SerializationException",
                        $"The value of '{member.Name}' is not a {kind.ToString().ToLowerInvariant()}.");
                given[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
            else if (!AsksForNothing(member.Value))
                throw new ApiError("InvalidParameterException", $"The sandbox does not support the parameter '{member.Name}' of {of}.");
        }
        foreach ((string name, JsonNode? value) in given) settings[name] = value;
    }

    private static bool IsOf(JsonElement value, JsonValueKind kind) =>
        value.ValueKind == kind || (kind == JsonValueKind.True && value.ValueKind == JsonValueKind.False);

    private static bool AsksForNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.String => value.GetString() is "",
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.EnumerateObject().All(m => AsksForNothing(m.Value)),
        _ => false,
    };
}
