using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A repository: its settings, its images, its layers.</summary>
internal sealed class StoredRepository
{
    public StoredRepository(EcrRegistry registry, string name)
    {
        (Registry, Name, CreatedAt) = (registry, name, registry.World.Clock.GetUtcNow());
        Layers = new(registry.World.Blobs);
        Images = new(this);
    }

    public EcrRegistry Registry { get; }

    public string Name { get; }

    public DateTimeOffset CreatedAt { get; init; }

    public TagMutability Mutability { get; set; } = new("MUTABLE", []);

    public bool ScanOnPush { get; set; }

    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    public LifecyclePolicy? Lifecycle { get; set; }

    public DateTimeOffset? LifecycleRanAt { get; set; }

    public LifecyclePreview? Preview { get; set; }

    public ResourcePolicy? Policy { get; set; }

    /// <summary>What ECR Public shows in its gallery.</summary>
    public JsonObject? Catalog { get; set; }

    public SortedDictionary<string, string> ResourceTags { get; } = new(StringComparer.Ordinal);

    public ImageShelf Images { get; }

    public LayerShelf Layers { get; }

    public string Arn => Registry.ArnOf(Name);

    public string Uri => $"{Registry.Uri}/{Name}";
}
