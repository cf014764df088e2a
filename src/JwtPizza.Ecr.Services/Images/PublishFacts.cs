using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What ECR says before a build: where to push, with which login, and what the tags lead to now.</summary>
internal sealed record PublishFacts
{
    private IReadOnlyDictionary<string, ImageManifest> _before = new Dictionary<string, ImageManifest>();

    /// <summary>Host and name.</summary>
    public required ImageReference Target { get; init; }

    public required RegistryLogin Login { get; init; }

    public required string RegistryId { get; init; }

    public required string Region { get; init; }

    /// <summary>Null when the caller may not see the repository's settings.</summary>
    public TagMutability? Mutability { get; init; }

    /// <summary>Asks for everything at once.</summary>
    public static async Task<PublishFacts> AskAsync(IPublishRegistry ecr, PublishRequest request, Action<string>? verbose, CancellationToken cancellationToken)
    {
        string name = request.Repository.Repository.Value;
        Task<Repository?> describing = IfAllowedAsync(() => ecr.DescribeAsync(name, cancellationToken), verbose);
        Task<RegistryLogin> loggingIn = ecr.LoginAsync(cancellationToken);
        Task<IReadOnlyList<ImageManifest>?> finding = IfAllowedAsync(() => ecr.FindAsync(name, request.Tags.Select(t => new ImageId { ImageTag = t.Value }), cancellationToken), verbose);
        await Task.WhenAll(describing, loggingIn, finding).ConfigureAwait(false);
        Repository? repository = await describing.ConfigureAwait(false);
        RegistryLogin login = await loggingIn.ConfigureAwait(false);
        ImageReference target = ImageReference.Parse(repository?.RepositoryUri ?? $"{request.Repository.Host ?? login.Host}/{name}");
        if (request.Repository.Host is { } host && host != target.Host)
        {
            throw new PizzaException("RegistryMismatch", PizzaErrorKind.InvalidArgument,
                $"'{request.Repository}' names the registry {host}, and for these credentials in {ecr.Region} the repository is at {target}. Check -Region and the account, or give the repository's name alone.", request.Repository.ToString());
        }
        return new()
        {
            Target = target, Login = login, Region = ecr.Region,
            RegistryId = repository?.RegistryId ?? target.RegistryId ?? "",
            Mutability = repository is null ? null : TagMutability.Of(repository),
            _before = ByTag(await finding.ConfigureAwait(false) ?? []),
        };
    }

    /// <summary>Of these tags, those that exist and cannot be changed.</summary>
    public IReadOnlyList<string> Taken(IEnumerable<string> tags) => [.. tags.Where(t => _before.ContainsKey(t) && Mutability?.IsImmutable(t) == true)];

    /// <summary>The image that a tag led to before the build; null for none.</summary>
    public ImageManifest? Before(string tag) => _before.GetValueOrDefault(tag);

    /// <summary>Whether the tag led to this very image: the same manifest, or the same configuration, which names all its layers.</summary>
    public bool Holds(string tag, BuiltImage image) =>
        Before(tag) is { } found && (found.ImageId.ImageDigest == image.Digest || ConfigOf(found) is { } config && (config == image.Digest || config == image.ConfigDigest));

    public static IReadOnlyDictionary<string, ImageManifest> ByTag(IEnumerable<ImageManifest> found) =>
        found.Where(i => i.ImageId.ImageTag is not null).DistinctBy(i => i.ImageId.ImageTag).ToDictionary(i => i.ImageId.ImageTag!);

    /// <summary>The result, or null where the caller lacks the right.</summary>
    public static async Task<T?> IfAllowedAsync<T>(Func<Task<T>> call, Action<string>? verbose) where T : class
    {
        try { return await call().ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            verbose?.Invoke($"Not checked: {e.Message}");
            return null;
        }
    }

    private static string? ConfigOf(ImageManifest image) => OciManifest.Parse(System.Text.Encoding.UTF8.GetBytes(image.Manifest), image.ImageManifestMediaType).Config?.Digest.Value;
}
