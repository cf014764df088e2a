using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>A repository with its images, as it is kept: one document, so that a tag and the image that it leaves change together.</summary>
internal sealed record SavedRepository
{
    private const string Folder = "repositories";

    public required string RegistryId { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TagMutability Mutability { get; init; }

    public required bool ScanOnPush { get; init; }

    public required string EncryptionType { get; init; }

    public string? KmsKey { get; init; }

    public string? Lifecycle { get; init; }

    public DateTimeOffset? LifecycleRanAt { get; init; }

    public string? Policy { get; init; }

    public JsonObject? Catalog { get; init; }

    public required IReadOnlyDictionary<string, string> ResourceTags { get; init; }

    /// <summary>Sizes by digest.</summary>
    public required IReadOnlyDictionary<string, long> Layers { get; init; }

    public required long Pushes { get; init; }

    public required IReadOnlyList<SavedImage> Images { get; init; }

    public static IEnumerable<SavedRepository> LoadAll(StateFolder state) => state.LoadAll<SavedRepository>(Folder);

    public static void Save(StateFolder state, StoredRepository repository) => state.Save(DocumentOf(repository.Registry, repository.Name), () => Of(repository));

    public static void Delete(StateFolder state, EcrRegistry registry, string name) => state.Delete(DocumentOf(registry, name));

    /// <summary>Puts the repository into its registry.</summary>
    public void Restore(EcrRegistry registry)
    {
        StoredRepository repository = new(registry, Name)
        {
            CreatedAt = CreatedAt, Mutability = Mutability, ScanOnPush = ScanOnPush, EncryptionType = EncryptionType, KmsKey = KmsKey,
            Lifecycle = Lifecycle is null ? null : LifecyclePolicy.Parse(Lifecycle), LifecycleRanAt = LifecycleRanAt,
            Policy = Policy is null ? null : ResourcePolicy.Parse(Policy, "repository", registry.Service), Catalog = Catalog,
        };
        foreach ((string key, string value) in ResourceTags) repository.ResourceTags.Add(key, value);
        foreach ((string digest, long size) in Layers)
            if (!repository.Layers.Restore(Digest.Parse(digest), size)) throw StateFolder.Damaged($"the layer {digest} of the repository '{Name}' is missing or has not its {size} bytes");
        repository.Images.Restore(Images.Select(i => i.Image()), Pushes);
        registry.Repositories.Add(Name, repository);
    }

    private static SavedRepository Of(StoredRepository repository) => new()
    {
        RegistryId = repository.Registry.RegistryId, Region = repository.Registry.Region, Name = repository.Name, CreatedAt = repository.CreatedAt,
        Mutability = repository.Mutability, ScanOnPush = repository.ScanOnPush, EncryptionType = repository.EncryptionType, KmsKey = repository.KmsKey,
        Lifecycle = repository.Lifecycle?.Text, LifecycleRanAt = repository.LifecycleRanAt, Policy = repository.Policy?.Text, Catalog = repository.Catalog, ResourceTags = repository.ResourceTags,
        Layers = repository.Layers.All.ToDictionary(l => l.Key.Value, l => l.Value), Pushes = repository.Images.Pushes, Images = [.. repository.Images.All.Select(SavedImage.Of)],
    };

    // Hashed: a name is longer than a file's may be, and two that differ only in what a file system ignores are two.
    private static string DocumentOf(EcrRegistry registry, string name) =>
        $"{Folder}/{Digest.Of(Encoding.UTF8.GetBytes($"{registry.RegistryId}\n{registry.Region}\n{name}")).Hex}";
}
