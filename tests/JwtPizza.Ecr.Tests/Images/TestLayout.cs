using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>Makes OCI layouts, good and bad ones.</summary>
internal sealed class TestLayout : IDisposable
{
    private readonly JsonArray _index = [];

    public TestLayout() => File.WriteAllText(System.IO.Path.Combine(Path, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");

    public string Path { get; } = Directory.CreateTempSubdirectory("layout-").FullName;

    /// <summary>A layout with one image of one layer, tagged <c>latest</c>.</summary>
    public static TestLayout Simple(string content = "hello", string architecture = "arm64")
    {
        TestLayout layout = new();
        layout.Name("latest", layout.Image(architecture, Encoding.UTF8.GetBytes(content)));
        return layout;
    }

    public JsonObject Blob(byte[] content, string mediaType)
    {
        Digest digest = Digest.Of(content);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "blobs/sha256"));
        File.WriteAllBytes(FileOf(digest), content);
        return new() { ["mediaType"] = mediaType, ["digest"] = digest.Value, ["size"] = content.Length };
    }

    public JsonObject Image(string architecture, params byte[][] layers)
    {
        JsonObject config = Blob(Utf8(new JsonObject { ["os"] = "linux", ["architecture"] = architecture }), MediaTypes.OciConfig);
        JsonNode[] blobs = [.. layers.Select(l => Blob(l, "application/vnd.oci.image.layer.v1.tar"))];
        JsonObject image =
            Blob(Utf8(
                new JsonObject
                {
                    ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest, ["config"] = config, ["layers"] = new JsonArray(blobs),
                }), MediaTypes.OciManifest);
        image["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = architecture };
        return image;
    }

    /// <summary>An image without layers, whose configuration names so many.</summary>
    public JsonObject Image(string architecture, int namedLayers)
    {
        JsonArray names = [.. Enumerable.Range(0, namedLayers).Select(i => (JsonNode)Digest.Of([(byte)i]).Value)];
        JsonObject config =
            Blob(Utf8(
                new JsonObject
                {
                    ["os"] = "linux", ["architecture"] = architecture,
                    ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = names },
                }), MediaTypes.OciConfig);
        return Blob(
            Utf8(new JsonObject
            {
                ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest, ["config"] = config, ["layers"] = new JsonArray(),
            }), MediaTypes.OciManifest);
    }

    /// <summary>A list of parts, a signature or the like that is about an image.</summary>
    public JsonObject Referrer(JsonObject subject, string artifactType)
    {
        JsonObject config = Blob("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"),
            content = Blob(Encoding.UTF8.GetBytes($"about {subject["digest"]}"), artifactType);
        JsonObject about = new()
        {
            ["mediaType"] = (string)subject["mediaType"]!, ["digest"] = (string)subject["digest"]!, ["size"] = (int)subject["size"]!,
        };
        return Blob(Utf8(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciManifest, ["artifactType"] = artifactType, ["config"] = config,
            ["layers"] = new JsonArray(content), ["subject"] = about,
        }), MediaTypes.OciManifest);
    }

    public JsonObject Index(params JsonObject[] children) =>
        Blob(Utf8(
            new JsonObject
            {
                ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex,
                ["manifests"] = new JsonArray([.. children.Select(c => c.DeepClone())]),
            }), MediaTypes.OciIndex);

    public void Name(string? tag, JsonObject descriptor)
    {
        JsonObject entry = descriptor.DeepClone().AsObject();
        if (tag is not null) entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        _index.Add(entry);
        WriteIndex(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = _index.DeepClone() }.ToJsonString());
    }

    public void WriteIndex(string text) => File.WriteAllText(System.IO.Path.Combine(Path, "index.json"), text);

    public string FileOf(Digest digest) => System.IO.Path.Combine(Path, "blobs/sha256", digest.Hex);

    public static Digest DigestOf(JsonObject descriptor) => Digest.Parse((string)descriptor["digest"]!);

    /// <summary>The layout as a tar beside its files.</summary>
    public string ToTar(string prefix = "")
    {
        string tar = Path + ".tar";
        using FileStream stream = File.Create(tar);
        using TarWriter writer = new(stream, TarEntryFormat.Pax);
        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
            writer.WriteEntry(file, prefix + System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'));
        return tar;
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        File.Delete(Path + ".tar");
    }

    private static byte[] Utf8(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json);
}
