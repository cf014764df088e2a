namespace JwtPizza.Ecr;

/// <summary>A manifest's reference to a blob or to another manifest.</summary>
/// <param name="MediaType">What it points to.</param>
/// <param name="Digest">The digest of what it points to.</param>
/// <param name="Size">Its size in bytes, compressed as it lies in the registry.</param>
public sealed record OciDescriptor(string MediaType, Digest Digest, long Size)
{
    private const string ReferenceType = "vnd.docker.reference.type";
    private const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>The platform of a child of an index, for example <c>linux/arm64</c>; null when none is given. Attestations say
    /// <c>unknown/unknown</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>The annotations, by key.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The type of artifact behind it, where it is said.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Whether this child of an index is no image but a note on one (provenance, SBOM), as buildx attaches them.</summary>
    public bool IsAttestation => Annotations.ContainsKey(ReferenceType) || Platform == OciPlatform.Unknown;

    /// <summary>The tag (or whole reference) that an entry of a layout's index.json carries.</summary>
    public string? Name => Annotations.GetValueOrDefault(RefName);
}
