using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Tests.Images;

/// <summary>ECR as a publish sees it, in memory, with the rights that a test leaves it.</summary>
internal class FakeRegistry : ImageRepository
{
    public const string Host = "123456789012.dkr.ecr.us-east-1.amazonaws.com", RepositoryName = "jwt-pizza-service",
        Uri = Host + "/" + RepositoryName;

    public RepositoryPlace Target { get; set; } = new()
    {
        RepositoryName = RepositoryName, RepositoryUri = Uri, RegistryId = "123456789012", Region = "us-east-1",
        Mutability = new("MUTABLE", []),
    };
    public Dictionary<string, StoredManifest> Tags { get; } = [];
    public Dictionary<string, StoredManifest> Digests { get; } = [];
    public Dictionary<string, string> Platforms { get; } = [];
    public int Logins { get; private set; }
    public DateTimeOffset ExpiresAt { get; set; } = DateTimeOffset.UtcNow.AddHours(12);
    public bool MayFindImages { get; set; } = true;
    public bool MayReadPlatform { get; set; } = true;

    public override string Name => RepositoryName;

    public override string Whereabouts => "us-east-1";

    public override Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) => Task.FromResult(Target);

    public override Task<RegistryLogin?> LoginAsync(CancellationToken cancellationToken) =>
        Task.FromResult<RegistryLogin?>(new("AWS", $"password-{++Logins}", ExpiresAt, "https://" + Host));

    public override Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken) => !MayFindImages
        ? Task.FromException<IReadOnlyDictionary<string, StoredManifest>>(Denied("ecr:BatchGetImage"))
        : Task.FromResult<IReadOnlyDictionary<string, StoredManifest>>(
            references.Where(r => Tags.ContainsKey(r) || Digests.ContainsKey(r))
                .ToDictionary(r => r, r => Tags.GetValueOrDefault(r) ?? Digests[r]));

    public override Task<string?> PlatformAsync(OciDescriptor? config, CancellationToken cancellationToken) =>
        MayReadPlatform ? Task.FromResult(Platforms.GetValueOrDefault(config!.Digest.Value))
            : Task.FromException<string?>(Denied("ecr:GetDownloadUrlForLayer"));

    public override Task<Stream> OpenBlobAsync(
        OciDescriptor blob, long from, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<bool> PutBlobAsync(
        BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task PutManifestAsync(
        StoredManifest manifest, string? tag, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Puts an image of one platform under a tag.</summary>
    public (string Digest, string Config) Put(string tag, string content, string platform = "linux/arm64")
    {
        string config = Digest.Of(Encoding.UTF8.GetBytes(content + platform)).Value;
        string manifest =
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{"mediaType":"{{MediaTypes.DockerConfig}}","size":1000,"digest":"{{config}}"},"layers":[{"mediaType":"l","size":234,"digest":"{{config}}"}]}""";
        Platforms[config] = platform;
        return (PutManifest(tag, manifest, MediaTypes.DockerManifest), config);
    }

    /// <summary>Puts a manifest under a tag and its digest.</summary>
    public string PutManifest(string tag, string manifest, string mediaType)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(manifest);
        StoredManifest image = new(Digest.Of(utf8), utf8, mediaType);
        Tags[tag] = image;
        Digests[image.Digest.Value] = image;
        return image.Digest.Value;
    }

    private static PizzaException Denied(string action) =>
        new("AccessDeniedException", PizzaErrorKind.PermissionDenied, $"The caller needs {action}.");
}
