using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>Platforms as manifests and image configurations write them, made into one text such as <c>linux/arm64</c>.</summary>
public static class OciPlatform
{
    /// <summary>What buildx gives its attestations for a platform.</summary>
    public const string Unknown = "unknown/unknown";

    /// <summary>The platform that an image's configuration names; null when it is no image's configuration.</summary>
    /// <param name="config">The configuration blob, JSON in UTF-8.</param>
    public static string? OfConfig(ReadOnlyMemory<byte> config)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(config);
            return Read(document.RootElement);
        }
        // the latter: broken UTF-8 in a string
        catch (Exception e) when (e is JsonException or InvalidOperationException) { return null; }
    }

    /// <summary>The platform in an object with the members <c>os</c>, <c>architecture</c> and <c>variant</c>; null when it names
    /// none.</summary>
    internal static string? Read(JsonElement e) =>
        e.ValueKind == JsonValueKind.Object && Text(e, "os") is { } os && Text(e, "architecture") is { } architecture
            ? Join(os, architecture, Text(e, "variant"))
            : null;

    // v8 is what every arm64 is, and some builders write it: https://github.com/containerd/platforms/blob/main/database.go
    private static string Join(string os, string architecture, string? variant) =>
        variant is null || (architecture, variant) is ("arm64", "v8") or ("amd64", "v1")
            ? $"{os}/{architecture}" : $"{os}/{architecture}/{variant}";

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text ? text : null;
}
