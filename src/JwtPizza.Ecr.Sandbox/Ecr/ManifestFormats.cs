using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// The conversion of manifests for clients that do not know the stored form, when they pull by tag:
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html
/// </summary>
internal static class ManifestFormats
{
    private const string DockerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip",
        OciGzip = "application/vnd.oci.image.layer.v1.tar+gzip", DockerTar = "application/vnd.docker.image.rootfs.diff.tar",
        OciTar = "application/vnd.oci.image.layer.v1.tar";

    private static readonly Dictionary<string, string> s_toDocker = new()
    {
        [MediaTypes.OciManifest] = MediaTypes.DockerManifest, [MediaTypes.OciConfig] = MediaTypes.DockerConfig, [OciGzip] = DockerGzip,
        [OciTar] = DockerTar,
    };

    private static readonly Dictionary<string, string> s_toOci = s_toDocker.ToDictionary(t => t.Value, t => t.Key);

    /// <summary>The manifest in a form that is accepted: as it is stored, or else converted. Null when neither is.</summary>
    /// <param name="image">The image.</param>
    /// <param name="accepted">Media types; none, or <c>*/*</c> among them, for all.</param>
    /// <param name="byTag">Whether a tag was asked for; a digest names one form alone.</param>
    public static (byte[] Content, string MediaType)? For(StoredImage image, IReadOnlyCollection<string> accepted, bool byTag)
    {
        string stored = image.Manifest.MediaType;
        if (accepted.Count == 0 || accepted.Contains("*/*") || accepted.Contains("application/*") || accepted.Contains(stored))
            return (image.Content, stored);
        if (!byTag) return null;
        Dictionary<string, string>? types =
            stored == MediaTypes.OciManifest ? s_toDocker : stored == MediaTypes.DockerManifest ? s_toOci : null;
        return types is not null && accepted.Contains(types[stored]) && Convert(image, types) is { } converted
            ? (converted, types[stored]) : null;
    }

    /// <summary>Null for an image of which a part has no counterpart in the other form.</summary>
    private static byte[]? Convert(StoredImage image, Dictionary<string, string> types)
    {
        JsonObject manifest = JsonNode.Parse(image.Content)!.AsObject();
        manifest["mediaType"] = types[image.Manifest.MediaType];
        foreach (JsonNode? part in manifest["layers"]!.AsArray().Append(manifest["config"]))
        {
            if (!types.TryGetValue((string)part!["mediaType"]!, out string? type)) return null;
            part["mediaType"] = type;
        }
        return Encoding.UTF8.GetBytes(
            manifest.ToJsonString(
                new JsonSerializerOptions
                {
                    WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }));
    }
}
