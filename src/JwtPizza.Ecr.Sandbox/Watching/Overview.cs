using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>What the sandbox holds, for a person to look at.</summary>
internal static class Overview
{
    private const int ImageLimit = 500;

    /// <summary>Every registry that was used, with its repositories and their newest images.</summary>
    public static IEnumerable<object> Of(EcrWorld world) => world.Registries.Select(registry => registry.Run(() => (object)new
    {
        registry.RegistryId, registry.Region, registry.IsPublic, policy = registry.Policy is null ? null : registry.Settings.Policy,
        repositories = registry.Repositories.Values.Select(Of).ToList(),
    }, writes: false));

    private static object Of(StoredRepository repository) => new
    {
        repository.Name, repository.Arn, repository.Uri, repository.CreatedAt, mutability = repository.Mutability.Setting,
        repository.Settings.Policy, repository.Settings.Lifecycle, images = repository.Images.Count,
        newest = repository.Images.All.OrderByDescending(i => i.Order).Take(ImageLimit).Select(i => new
        {
            digest = i.Digest.Value, tags = i.Tags.ToList(), i.Manifest.MediaType, i.Size, i.PushedAt, i.Marks.PulledAt,
            i.Manifest.ArtifactType,
        }).ToList(),
    };
}
