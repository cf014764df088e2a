using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>ECR as a publish sees it, in memory, with the rights that a test leaves it.</summary>
internal sealed class FakeRegistry : IPublishRegistry
{
    public const string Host = "123456789012.dkr.ecr.us-east-1.amazonaws.com", Name = "jwt-pizza-service", Uri = Host + "/" + Name;

    public PushTarget Target { get; set; } = new() { RepositoryName = Name, RepositoryUri = Uri, RegistryId = "123456789012", Region = "us-east-1", Mutability = new("MUTABLE", []) };
    public Dictionary<string, ImageManifest> Tags { get; } = [];
    public Dictionary<string, ImageManifest> Digests { get; } = [];
    public Dictionary<string, string> Platforms { get; } = [];
    public int Logins { get; private set; }
    public DateTimeOffset ExpiresAt { get; set; } = DateTimeOffset.UtcNow.AddHours(12);
    public bool MayFindImages { get; set; } = true;
    public bool MayReadPlatform { get; set; } = true;

    public Task<PushTarget> FindTargetAsync(ImageReference repository, CancellationToken cancellationToken) => Task.FromResult(Target);

    public Task<RegistryLogin> LoginAsync(CancellationToken cancellationToken) => Task.FromResult(new RegistryLogin("AWS", $"password-{++Logins}", ExpiresAt, "https://" + Host));

    public Task<IReadOnlyList<ImageManifest>> FindImagesAsync(string repositoryName, IEnumerable<ImageId> ids, CancellationToken cancellationToken) => !MayFindImages
        ? Task.FromException<IReadOnlyList<ImageManifest>>(Denied("ecr:BatchGetImage"))
        : Task.FromResult<IReadOnlyList<ImageManifest>>([.. ids.Select(id => id.ImageTag is { } tag ? Tags.GetValueOrDefault(tag) : Digests.GetValueOrDefault(id.ImageDigest!)).OfType<ImageManifest>()]);

    public Task<string?> PlatformAsync(string repositoryName, Digest config, CancellationToken cancellationToken) =>
        MayReadPlatform ? Task.FromResult(Platforms.GetValueOrDefault(config.Value)) : Task.FromException<string?>(Denied("ecr:GetDownloadUrlForLayer"));

    /// <summary>Puts an image of one platform under a tag.</summary>
    public (string Digest, string Config) Put(string tag, string content, string platform = "linux/arm64")
    {
        string config = Digest.Of(Encoding.UTF8.GetBytes(content + platform)).Value;
        string manifest = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{"mediaType":"{{MediaTypes.DockerConfig}}","size":1000,"digest":"{{config}}"},"layers":[{"mediaType":"l","size":234,"digest":"{{config}}"}]}""";
        Platforms[config] = platform;
        return (PutManifest(tag, manifest, MediaTypes.DockerManifest), config);
    }

    /// <summary>Puts a manifest under a tag and its digest.</summary>
    public string PutManifest(string tag, string manifest, string mediaType)
    {
        string digest = Digest.Of(Encoding.UTF8.GetBytes(manifest)).Value;
        ImageManifest image = new() { ImageId = new() { ImageDigest = digest, ImageTag = tag }, Manifest = manifest, ImageManifestMediaType = mediaType };
        Tags[tag] = image;
        Digests[digest] = image;
        return digest;
    }

    private static PizzaException Denied(string action) => new("AccessDeniedException", PizzaErrorKind.PermissionDenied, $"The caller needs {action}.");
}
