namespace JwtPizza.Ecr;

/// <summary>The media types of what a registry holds, in OCI's and in docker's words for the same things.</summary>
public static class MediaTypes
{
    /// <summary>An OCI index: one tag for several platforms.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>Docker's manifest list, the same as an OCI index.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>An OCI image manifest: one platform.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>Docker's image manifest, the same as an OCI one.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>The configuration of an OCI image; it names the platform.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>The configuration of a docker image; it names the platform.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>What to ask a registry for, so that it gives each manifest as it was pushed.</summary>
    public static IReadOnlyList<string> Manifests { get; } = [OciIndex, DockerManifestList, OciManifest, DockerManifest];

    /// <summary>Whether the type is that of an index (manifest list).</summary>
    /// <param name="mediaType">The type; null is none.</param>
    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerManifestList;

    /// <summary>Whether the type is that of an image manifest.</summary>
    /// <param name="mediaType">The type; null is none.</param>
    public static bool IsImage(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether the type is that of an image's configuration, which names its platform. An artifact (a chart, a signature) has
    /// another.</summary>
    /// <param name="mediaType">The type; null is none.</param>
    public static bool IsImageConfig(string? mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether a layer of this type stays where it is: Windows base layers, which registries do not hold.</summary>
    /// <param name="mediaType">The type; null is none.</param>
    public static bool IsForeignLayer(string? mediaType) =>
        mediaType is not null
            && (mediaType.Contains(".nondistributable.", StringComparison.Ordinal)
                || mediaType.Contains(".rootfs.foreign.", StringComparison.Ordinal));
}
