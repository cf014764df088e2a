using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>Reads manifests by the OCI image specification and docker's schema 2.</summary>
internal static class ManifestReader
{
    public static OciManifest Read(ReadOnlyMemory<byte> utf8, string? outerType)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            return Manifest(document.RootElement, outerType);
        }
        // the latter: broken UTF-8 in a string
        catch (Exception e) when (e is JsonException or InvalidOperationException) { throw Bad($"it is not JSON ({e.Message})", e); }
    }

    private static OciManifest Manifest(JsonElement root, string? outerType)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Bad("it is not a JSON object");
        if (root.TryGetProperty("schemaVersion", out JsonElement v)
            && !(v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int version) && version == 2))
            throw Bad($"its schemaVersion is {v.GetRawText()}, and only 2 is supported; build and push the image again");
        string mediaType = MediaType(root, outerType);
        string? artifactType = Text(root, "artifactType");
        return MediaTypes.IsIndex(mediaType)
            ? new()
            {
                MediaType = mediaType, Manifests = Descriptors(root, "manifests"), Subject = Descriptor(root, "subject"),
                ArtifactType = artifactType, Annotations = Annotations(root),
            }
            : Image(root, mediaType, artifactType);
    }

    private static OciManifest Image(JsonElement root, string mediaType, string? artifactType)
    {
        OciDescriptor config = Descriptor(root, "config") ?? throw Bad("it has no 'config'");
        return new()
        {
            MediaType = mediaType, Config = config, Layers = Descriptors(root, "layers"), Subject = Descriptor(root, "subject"),
            ArtifactType = artifactType ?? (MediaTypes.IsImageConfig(config.MediaType) ? null : config.MediaType),
            Annotations = Annotations(root),
        };
    }

    // A document that could be read as index and as image is an attack: https://github.com/advisories/GHSA-mc8v-mgrf-8f4m
    private static string MediaType(JsonElement root, string? outerType)
    {
        bool index = root.TryGetProperty("manifests", out _),
            image = root.TryGetProperty("config", out _) || root.TryGetProperty("layers", out _);
        if (index == image)
            throw Bad(index ? "it has both 'manifests' and 'config' or 'layers'" : "it has neither 'manifests' nor 'config' and 'layers'");
        string? inner = Text(root, "mediaType");
        if (inner is not null && MediaTypes.Manifests.Contains(outerType) && inner != outerType)
            throw Bad($"it calls itself '{inner}' and was announced as '{outerType}'");
        string mediaType =
            inner ?? (MediaTypes.Manifests.Contains(outerType) ? outerType! : index ? MediaTypes.OciIndex : MediaTypes.OciManifest);
        return MediaTypes.IsIndex(mediaType) == index && MediaTypes.IsImage(mediaType) == image ? mediaType
            : throw Bad($"its media type '{mediaType}' is not that of {(index ? "an index" : "an image manifest")}, which its content is");
    }

    private static IReadOnlyList<OciDescriptor> Descriptors(JsonElement root, string name) =>
        Member(root, name, JsonValueKind.Array) is { } list
        ? [.. list.EnumerateArray().Select((e, i) => One(e, $"{name}[{i}]"))]
        : throw Bad($"it has no '{name}'");

    private static OciDescriptor? Descriptor(JsonElement root, string name) =>
        Member(root, name, JsonValueKind.Object) is { } e ? One(e, name) : null;

    private static OciDescriptor One(JsonElement e, string where)
    {
        if (e.ValueKind != JsonValueKind.Object) throw Bad($"'{where}' is not an object");
        string mediaType = Text(e, "mediaType") ?? throw Bad($"'{where}' has no 'mediaType'");
        if (!Digest.TryParse(Text(e, "digest"), out Digest digest))
            throw Bad($"the digest of '{where}' is {Raw(e, "digest")}, not 'sha256:' and 64 hexadecimal digits");
        if (!e.TryGetProperty("size", out JsonElement s) || s.ValueKind != JsonValueKind.Number || !s.TryGetInt64(out long size)
            || size < 0)
            throw Bad($"the size of '{where}' is {Raw(e, "size")}, not a number of bytes");
        return new(mediaType, digest, size)
        {
            Platform = Member(e, "platform", JsonValueKind.Object) is { } p ? OciPlatform.Read(p) : null,
            Annotations = Annotations(e), ArtifactType = Text(e, "artifactType"),
        };
    }

    private static Dictionary<string, string> Annotations(JsonElement e) => Member(e, "annotations", JsonValueKind.Object) is { } map
        ? map.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).DistinctBy(p => p.Name)
            .ToDictionary(p => p.Name, p => p.Value.GetString()!)
        : [];

    private static string? Text(JsonElement e, string name) =>
        Member(e, name, JsonValueKind.String)?.GetString() is { Length: > 0 } text ? text : null;

    private static JsonElement? Member(JsonElement e, string name, JsonValueKind kind) =>
        !e.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null
        ? null
        : value.ValueKind == kind ? value : throw Bad($"'{name}' is {value.ValueKind}, not {kind}");

    private static string Raw(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "missing";

    private static PizzaException Bad(string problem, Exception? inner = null) => new("InvalidManifest", PizzaErrorKind.InvalidData,
        $"This is not a manifest that ECR accepts: {problem}. Check the program that made the image, or create the image " +
        "again.", null, inner);
}
