using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Registry;

namespace JwtPizza.Ecr.Sandbox.Ecs;

/// <summary>Fetches the image of a container from the sandbox's registries, as Fargate would, or says why that cannot be.</summary>
internal static partial class ImagePull
{
    private const int ConfigLimit = 4 * 1024 * 1024;

    /// <returns>The digest, or the words that follow <c>CannotPullContainerError: </c>.</returns>
    public static (Digest? Digest, string? Failure) Run(EcrWorld world, string region, string image, string platform)
    {
        if (Reference().Match(image) is not { Success: true, Groups: var parts }
            || RegistryOf(parts["host"].Value, world, region) is not { } registry)
            return (null,
                $"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: " +
                "it is not in the sandbox, which reaches no other registry");
        return registry.Run(() => Pull(world, registry, image, parts, platform));
    }

    private static (Digest? Digest, string? Failure) Pull(
        EcrWorld world, EcrRegistry registry, string image, GroupCollection parts, string platform)
    {
        string reference = parts["digest"].Success ? parts["digest"].Value : parts["tag"].Success ? parts["tag"].Value : Defaults.ImageTag;
        StoredRepository? repository = registry.Repositories.GetValueOrDefault(parts["name"].Value);
        StoredImage? found =
            Digest.TryParse(reference, out Digest digest) ? repository?.Images.Find(digest) : repository?.Images.Find(reference);
        DateTimeOffset now = world.Clock.GetUtcNow();
        if (repository is null || found?.StatusAt(now) != "ACTIVE")
            return (null, $"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found");
        if (For(repository, found, platform) is not { } match)
            return (null,
                "pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform " +
                $"'{platform}'");
        repository.Pulled(found, null);
        repository.Pulled(match, null);
        return (found.Digest, null);
    }

    /// <summary>What a task definition's runtimePlatform asks for; Fargate's default is X86_64.</summary>
    public static string PlatformOf(TaskDefinition definition)
    {
        var platform = definition.Settings["runtimePlatform"];
        string os =
            ((string?)platform?["operatingSystemFamily"])?.StartsWith("WINDOWS", StringComparison.Ordinal) == true ? "windows" : "linux";
        return string.Create(CultureInfo.InvariantCulture,
            $"{os}/{((string?)platform?["cpuArchitecture"] == "ARM64" ? "arm64" : "amd64")}");
    }

    private static StoredImage? For(StoredRepository repository, StoredImage image, string platform) => image.Manifest.IsIndex
        ? image.Manifest.Manifests.Where(m => !m.IsAttestation && (m.Platform is null || IsOf(m.Platform, platform)))
            .Select(m => repository.Images.Find(m.Digest))
            .FirstOrDefault(child => child is not null && For(repository, child, platform) is not null)
        : IsOf(PlatformIn(repository, image.Manifest.Config), platform) ? image : null;

    // linux/arm64/v8
    private static bool IsOf(string? has, string wanted) =>
        has == wanted || has?.StartsWith(wanted + "/", StringComparison.Ordinal) == true;

    private static string? PlatformIn(StoredRepository repository, OciDescriptor? config)
    {
        if (config is not { Size: <= ConfigLimit } || repository.Layers.SizeOf(config.Digest) is null) return null;
        try
        {
            using FileStream file = repository.Layers.Open(config.Digest);
            using JsonDocument json = JsonDocument.Parse(file);
            return $"{json.RootElement.GetProperty("os").GetString()}/{json.RootElement.GetProperty("architecture").GetString()}";
        }
        // no configuration of an image
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException) { return null; }
    }

    private static EcrRegistry? RegistryOf(string host, EcrWorld world, string region) => EcrHost.TryParse(host) is { IsPublic: false } ecr
        ? world.Registry(ecr.RegistryId!, ecr.Region!)
        : RegistryHostNames.RegistryOf(host) is { } own ? world.Registry(own.RegistryId, own.Region)
        : LocalHost().IsMatch(host) ? world.Registry(world.Info.RegistryId, region) : null;

    [GeneratedRegex(@"\A(?<host>[^/]+)/(?<name>[^:@]+)(?::(?<tag>[^:@]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    // Any port: a sandbox that was started again may have another.
    [GeneratedRegex(@"\A(127\.0\.0\.1|localhost)(:[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalHost();
}
