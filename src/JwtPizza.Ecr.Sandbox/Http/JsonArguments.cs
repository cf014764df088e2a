using System.Globalization;
using System.Text.Json;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The input of a JSON operation: members are read by name, type and bounds, and complain in AWS's words.</summary>
internal readonly record struct JsonArguments(JsonElement Json)
{
    public static ApiError Invalid(string member, string constraint) =>
        new("InvalidParameterException", $"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'");

    /// <summary>The text, or null when the member is absent.</summary>
    public string? Text(string member)
    {
        if (Member(member, JsonValueKind.String) is not { } value) return null;
        try { return value.GetString(); }
        catch (InvalidOperationException) { throw Mistyped(member, "a string of legal characters"); }   // half a surrogate pair
    }

    public string RequiredText(string member) => Text(member) ?? throw Missing(member);

    public bool Flag(string member) =>
        Find(member) is { } value && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Mistyped(member, "a boolean"),
        };

    public long? Number(string member, long min, long max)
    {
        if (Member(member, JsonValueKind.Number) is not { } value) return null;
        if (!value.TryGetInt64(out long number)) throw Mistyped(member, "a whole number");
        if (number < min)
            throw Invalid(member, string.Create(CultureInfo.InvariantCulture, $"Member must have value greater than or equal to {min}"));
        if (number > max)
            throw Invalid(member, string.Create(CultureInfo.InvariantCulture, $"Member must have value less than or equal to {max}"));
        return number;
    }

    public JsonArguments? Object(string member) => Member(member, JsonValueKind.Object) is { } value ? new JsonArguments(value) : null;

    /// <summary>The texts of a list, or null when the member is absent.</summary>
    public IReadOnlyList<string>? Texts(string member, int min, int max) =>
        Items(member, min, max)
            ?.Select(i => i.ValueKind == JsonValueKind.String ? i.GetString()! : throw Mistyped(member, "a list of strings")).ToList();

    /// <summary>The objects of a list, or null when the member is absent.</summary>
    public IReadOnlyList<JsonArguments>? Objects(string member, int min, int max) =>
        Items(member, min, max)
            ?.Select(i => i.ValueKind == JsonValueKind.Object ? new JsonArguments(i) : throw Mistyped(member, "a list of structures"))
                .ToList();

    public byte[] RequiredBytes(string member)
    {
        JsonElement value = Member(member, JsonValueKind.String) ?? throw Missing(member);
        return value.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw Mistyped(member, "base64");
    }

    public static ApiError Missing(string member) => Invalid(member, "Member must not be null");

    private List<JsonElement>? Items(string member, int min, int max)
    {
        if (Member(member, JsonValueKind.Array) is not { } value) return null;
        int count = value.GetArrayLength();
        if (count < min)
            throw Invalid(member, string.Create(CultureInfo.InvariantCulture, $"Member must have length greater than or equal to {min}"));
        if (count > max)
            throw Invalid(member, string.Create(CultureInfo.InvariantCulture, $"Member must have length less than or equal to {max}"));
        return [.. value.EnumerateArray()];
    }

    private JsonElement? Member(string member, JsonValueKind kind) =>
        Find(member) is not { } value ? null
        : value.ValueKind == kind ? value
        : throw Mistyped(member, kind switch { JsonValueKind.Array => "a list", JsonValueKind.Object => "a structure",
            _ => "a " + kind.ToString().ToLowerInvariant() });

    private JsonElement? Find(string member) =>
        Json.TryGetProperty(member, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static ApiError Mistyped(string member, string wanted) =>
        new("SerializationException", $"The value of '{member}' is not {wanted}.");
}
