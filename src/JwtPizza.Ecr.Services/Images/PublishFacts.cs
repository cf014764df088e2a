using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>What ECR says before a build: where to push, with which login, and what the tags lead to now.</summary>
internal sealed record PublishFacts
{
    private IReadOnlyDictionary<string, StoredManifest> _before = new Dictionary<string, StoredManifest>();

    public required RepositoryPlace Target { get; init; }

    public required RegistryLogin Login { get; init; }

    /// <summary>The repository's URI, in its parts.</summary>
    public ImageReference Repository => ImageReference.Parse(Target.RepositoryUri);

    /// <summary>Asks for everything at once.</summary>
    public static async Task<PublishFacts> AskAsync(
        ImageRepository ecr, IReadOnlyCollection<string> tags, Action<string>? verbose, CancellationToken cancellationToken)
    {
        Task<RepositoryPlace> target = ecr.LocateAsync(cancellationToken);
        Task<RegistryLogin?> login = ecr.LoginAsync(cancellationToken);
        Task<IReadOnlyDictionary<string, StoredManifest>?> found = IfAllowedAsync(() => ecr.FindAsync(tags, cancellationToken), verbose);
        await Task.WhenAll(target, login, found).ConfigureAwait(false);   // of several errors the first in this order is told
        return new()
        {
            Target = await target.ConfigureAwait(false), Login = (await login.ConfigureAwait(false))!,
            _before = await found.ConfigureAwait(false) ?? new Dictionary<string, StoredManifest>(),
        };
    }

    /// <summary>Of these tags, those that exist and cannot be changed.</summary>
    public IReadOnlyList<string> Taken(IEnumerable<string> tags) =>
        [.. tags.Where(t => _before.ContainsKey(t) && Target.Mutability?.IsImmutable(t) == true)];

    /// <summary>The image that a tag led to before the build; null for none.</summary>
    public StoredManifest? Before(string tag) => _before.GetValueOrDefault(tag);

    /// <summary>Whether the tag led to this very image: the same manifest, or the same configuration, which names all its layers.</summary>
    public bool Holds(string tag, BuiltImage image) =>
        Before(tag) is { } found
            && (found.Digest.Value == image.Digest
                || found.Manifest.Config?.Digest.Value is { } config && (config == image.Digest || config == image.ConfigDigest));

    /// <summary>The tags, as given, that do not lead to this image yet.</summary>
    /// <exception cref="PizzaException"><c>ImageTagAlreadyExistsException</c>: one of them leads to another image and cannot be
    /// changed.</exception>
    public IReadOnlyList<string> Missing(IReadOnlyList<string> tags, BuiltImage image) =>
        Taken(tags).FirstOrDefault(t => !Holds(t, image)) is { } other
        ? throw Transfer.Taken(Target, other, Before(other)!.Digest)
        : [.. tags.Where(t => !Holds(t, image))];

    /// <summary>What became of the image.</summary>
    /// <param name="missing">The tags that it was pushed under.</param>
    /// <param name="digest">Its digest.</param>
    public ChangeStatus StatusOf(IReadOnlyCollection<string> missing, string digest) =>
        missing.All(t => Before(t)?.Digest.Value == digest) ? ChangeStatus.Unchanged
        : _before.Values.Any(b => b.Digest.Value == digest) ? ChangeStatus.Changed
        : ChangeStatus.Created;

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
}
