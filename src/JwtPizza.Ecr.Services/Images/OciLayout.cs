using System.Text.Json;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>
/// An image in a folder or tar that follows the OCI image layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md):
/// what buildx writes with <c>--output type=oci</c>, skopeo as <c>oci:</c>, and <c>docker save</c> since docker 25.
/// </summary>
internal sealed class OciLayout
{
    public const string Index = "index.json";

    // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
    private const int MaxManifest = 4 << 20;

    private readonly LayoutFiles _files;

    private OciLayout(LayoutFiles files, OciDescriptor root, IReadOnlyList<string> tags) => (_files, Root, Tags) = (files, root, tags);

    /// <summary>The image or index to push.</summary>
    public OciDescriptor Root { get; }

    /// <summary>The tags that the layout gives it, as far as they are legal tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The folder or tar.</summary>
    public string Path => _files.Path;

    /// <summary>Opens a layout and finds the image in it.</summary>
    /// <param name="path">A folder or a tar.</param>
    /// <param name="layoutTag">Which image, where the layout holds several: the tag it has there.</param>
    /// <exception cref="PizzaException"><c>LayoutNotFound</c>, <c>InvalidLayout</c>, <c>LayoutTagNotFound</c>, <c>LayoutTagMissing</c>.</exception>
    public static OciLayout Open(string path, string? layoutTag)
    {
        LayoutFiles files = LayoutFiles.Open(path);
        OciManifest index = ReadIndex(files);
        OciDescriptor root = Choose(index, layoutTag, path);
        return new(files, root, [.. index.Manifests.Where(m => m.Digest == root.Digest).Select(TagOf).OfType<string>().Where(ImageTag.IsLegal).Distinct()]);
    }

    /// <summary>A manifest or configuration, checked against its digest.</summary>
    public byte[] Read(OciDescriptor descriptor)
    {
        FileSlice file = Find(descriptor);
        if (file.Length > MaxManifest) throw Bad(Path, $"'{descriptor.Digest}' has {file.Length} bytes, and a manifest may have {MaxManifest}");
        byte[] content = file.ReadAll();
        return Digest.Of(content) == descriptor.Digest ? content : throw file.Damaged(descriptor.Digest);
    }

    /// <summary>The platform that an image's configuration names; null for one that is no image's, or beyond reason in size.</summary>
    public string? PlatformOf(OciDescriptor? config) =>
        config is { Size: <= MaxManifest } && MediaTypes.IsImageConfig(config.MediaType) ? OciPlatform.OfConfig(Read(config)) : null;

    /// <summary>Where a blob lies; its size is checked, its content not yet.</summary>
    public FileSlice Find(OciDescriptor descriptor)
    {
        FileSlice file = _files.Find("blobs/sha256/" + descriptor.Digest.Hex)
            ?? throw Bad(Path, $"'{descriptor.Digest}' ({descriptor.MediaType}) is not in it; it was copied only in part");
        return file.Length == descriptor.Size ? file : throw Bad(Path, $"'{descriptor.Digest}' has {file.Length} bytes where {descriptor.Size} are announced");
    }

    private static OciManifest ReadIndex(LayoutFiles files)
    {
        byte[] version = Top(files, "oci-layout");
        if (VersionOf(version) is not "1.0.0" and var other) throw Bad(files.Path, $"its file 'oci-layout' gives version '{other}', and 1.0.0 is the one known");
        byte[] index = Top(files, Index);
        try { return OciManifest.Parse(index, MediaTypes.OciIndex) is { IsIndex: true } parsed ? parsed : throw Bad(files.Path, "its index.json is no index"); }
        catch (PizzaException e) when (e.ErrorId == "InvalidManifest") { throw Bad(files.Path, $"its index.json is damaged. {e.Message}", e); }
    }

    private static byte[] Top(LayoutFiles files, string name) => files.Find(name) switch
    {
        null when files.Find("manifest.json") is not null => throw Bad(files.Path, "it is the old form of 'docker save' (before docker 25); push the image with -Image, or save it anew"),
        null => throw Bad(files.Path, $"it has no file '{name}'"),
        { Length: > MaxManifest } file => throw Bad(files.Path, $"its file '{name}' has {file.Length} bytes"),
        { } file => file.ReadAll(),
    };

    private static string? VersionOf(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("imageLayoutVersion").GetString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException) { return null; }
    }

    private static OciDescriptor Choose(OciManifest index, string? tag, string path)
    {
        OciDescriptor[] named = [.. index.Manifests.Where(m => tag is null || m.Name == tag || TagOf(m) == tag).DistinctBy(m => m.Digest)];
        string tags = string.Join(", ", index.Manifests.Select(m => m.Name ?? m.Digest.Value).Distinct());
        return named switch
        {
            [var one] => one,
            [] when index.Manifests.Count == 0 => throw Bad(path, "its index.json names no image"),
            [] => throw new PizzaException("LayoutTagNotFound", PizzaErrorKind.NotFound, $"The layout '{path}' holds no image '{tag}'; it holds: {tags}.", tag),
            _ => throw new PizzaException("LayoutTagMissing", PizzaErrorKind.InvalidArgument, $"The layout '{path}' holds {named.Length} images ({tags}). Say which one with -LayoutTag.", path),
        };
    }

    // The annotation holds a tag or, from some tools, a whole reference.
    private static string? TagOf(OciDescriptor descriptor) => descriptor.Name is { } name ? name[(name.LastIndexOfAny([':', '/']) + 1)..] : null;

    private static PizzaException Bad(string path, string problem, Exception? inner = null) => new("InvalidLayout", PizzaErrorKind.InvalidData,
        $"'{path}' is not a complete OCI image layout: {problem}. Make one with 'docker buildx build --output type=oci,dest=image.tar .' or 'skopeo copy --all … oci:folder'.", path, inner);
}
