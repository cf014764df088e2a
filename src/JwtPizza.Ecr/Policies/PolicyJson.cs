using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>Reads policy documents as IAM does: of two equal keys in one object the last counts, and a single value may stand for a list of
/// one.</summary>
internal static class PolicyJson
{
    /// <summary>The members of the document, or null when it is no JSON object.</summary>
    public static Dictionary<string, JsonElement>? Parse(string document)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(document);
            return Members(json.RootElement.Clone());
        }
        catch (JsonException) { return null; }
        catch (InvalidOperationException) { return null; }   // half a surrogate pair in a key
    }

    public static Dictionary<string, JsonElement>? Members(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        Dictionary<string, JsonElement> members = [];
        foreach (JsonProperty member in json.EnumerateObject()) members[member.Name] = member.Value;
        return members;
    }

    /// <summary>The value as a list.</summary>
    public static IReadOnlyList<JsonElement> Items(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [json];

    /// <summary>The texts of a text or a list of texts; null when anything else is in it. Conditions may hold booleans and numbers,
    /// too.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement json, bool scalars = false)
    {
        List<string> texts = [];
        foreach (JsonElement item in Items(json))
        {
            if (Text(item, scalars) is not { } text) return null;
            texts.Add(text);
        }
        return texts;
    }

    private static string? Text(JsonElement json, bool scalars)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => json.GetString(),
                JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number when scalars => json.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException) { return null; }   // half a surrogate pair
    }
}
