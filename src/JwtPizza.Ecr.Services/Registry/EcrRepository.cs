using System.Collections.Concurrent;
using System.Text;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>A repository of AWS: what ECR and ECR Public have in common. Blobs go by the registry's own protocol, with a login from
/// AWS.</summary>
/// <param name="asked">The repository as the user names it.</param>
/// <param name="known">The repository, where it was read already.</param>
internal abstract class AwsRepository(ImageReference asked, RepositoryPlace? known) : ImageRepository
{
    private RepositoryPlace? _place = known;
    private RegistryLogin? _login;
    private OciRepository? _registry;

    public override string Name => asked.Repository.Value;

    public override string? Registry => _place is { } place ? $"{place.RegistryId}.{place.Region}" : null;

    public override int Parallel => _place is { } place ? UploadPolicy.Of(place.Host, isEcr: true).Parallel : base.Parallel;

    public sealed override async Task<RepositoryPlace> LocateAsync(CancellationToken cancellationToken) =>
        _place = await FindPlaceAsync(cancellationToken).ConfigureAwait(false);

    public sealed override async Task<RegistryLogin?> LoginAsync(CancellationToken cancellationToken)
    {
        RegistryLogin login = await GetLoginAsync(cancellationToken).ConfigureAwait(false);
        RepositoryPlace place = await PlaceAsync(cancellationToken).ConfigureAwait(false);
        return _login = IsMeantFor(login, place) ? login : throw ErrorCatalog.RegistryMismatch(place.RepositoryUri,
            $"is said to be at {place.Host}, and the login is for {login.Host}; the password was not sent there",
            "Check the endpoint (-EndpointUrl, AWS_ENDPOINT_URL).", PizzaErrorKind.InvalidData);
    }

    public override async Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).HasBlobAsync(digest, cancellationToken).ConfigureAwait(false);

    public override async Task<bool> PutBlobAsync(
        BlobSource source, Action<long> sent, string? mountFrom, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).PutBlobAsync(source, sent, mountFrom, cancellationToken)
            .ConfigureAwait(false);

    public override async Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).PutManifestAsync(manifest, tag, cancellationToken)
            .ConfigureAwait(false);

    public override async Task<IReadOnlyList<Digest>> ReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).ReferrersAsync(subject, cancellationToken)
            .ConfigureAwait(false);

    public override async Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).FindAsync(references, cancellationToken).ConfigureAwait(false);

    public override async Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken) =>
        await (await RegistryAsync(cancellationToken).ConfigureAwait(false)).OpenBlobAsync(blob, from, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>All images, page by page.</summary>
    /// <param name="isTaggedOnly">Whether those without a tag are left out.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public abstract IAsyncEnumerable<ImageDetail> DescribeAsync(bool isTaggedOnly, CancellationToken cancellationToken);

    /// <summary>The image that a tag leads to. <c>ImageNotFoundException</c> if it is missing.</summary>
    public abstract IAsyncEnumerable<ImageDetail> DescribeAsync(string tag, CancellationToken cancellationToken);

    public override PizzaException Missing(string reference) =>
        ImageFailures.Missing(Digest.TryParse(reference, out _) ? new() { ImageDigest = reference } : new() { ImageTag = reference }, Name);

    /// <summary>Asks which repository is meant, and whether it is there.</summary>
    protected abstract Task<RepositoryPlace> FindPlaceAsync(CancellationToken cancellationToken);

    /// <summary>Asks AWS for a login, good for 12 hours.</summary>
    protected abstract Task<RegistryLogin> GetLoginAsync(CancellationToken cancellationToken);

    /// <summary>Whether the password may go where the repository is said to be: the host that it was given for, or another name of AWS's
    /// for the same registry.</summary>
    protected virtual bool IsMeantFor(RegistryLogin login, RepositoryPlace place) => login.Host == place.Host;

    /// <summary>Which repository it is, asked for once.</summary>
    protected async Task<RepositoryPlace> PlaceAsync(CancellationToken cancellationToken) =>
        _place ?? await LocateAsync(cancellationToken).ConfigureAwait(false);

    private async Task<OciRepository> RegistryAsync(CancellationToken cancellationToken)
    {
        if (_registry is not null) return _registry;
        RepositoryPlace place = await PlaceAsync(cancellationToken).ConfigureAwait(false);
        // The login at hand first, and a new one should that be refused.
        OciRepository made = new(place.Host, place.RepositoryUri[(place.Host.Length + 1)..],
            token => Interlocked.Exchange(ref _login, null) is { } login ? Task.FromResult<RegistryLogin?>(login) : LoginAsync(token))
        {
            IsOfAws = true, Upload = UploadPolicy.Of(place.Host, isEcr: true),
        };
        return Interlocked.CompareExchange(ref _registry, made, null) ?? made;
    }
}

/// <summary>A private repository of Amazon ECR. Its API hands out manifests, a hundred a call, and addresses of blobs.</summary>
internal sealed class EcrRepository : AwsRepository
{
    // AWS allows 2,000 calls of BatchGetImage a second: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
    private const int PageSize = 1000, Batch = 100, Batches = 4;

    private readonly EcrClient _ecr;
    private readonly AwsSession? _aws;
    private readonly ImageReference _asked;
    private readonly string? _registryId, _region;
    private string? _owner;

    /// <summary>A repository that a user names.</summary>
    /// <param name="aws">The session; its region is the registry's.</param>
    /// <param name="asked">The repository by name or URI.</param>
    /// <param name="registryId">The account, when it is not the caller's own; null takes that of the URI.</param>
    public EcrRepository(AwsSession aws, ImageReference asked, string? registryId) : base(asked, null) =>
        (_ecr, _aws, _asked, _registryId, _region) =
            (aws.Ecr.For(registryId ?? asked.RegistryId), aws, asked, registryId ?? asked.RegistryId, aws.Region);

    /// <summary>A repository whose manifests alone are wanted.</summary>
    public EcrRepository(EcrClient ecr, string name)
        : base(ImageReference.Parse(name), null) => (_ecr, _asked) = (ecr, ImageReference.Parse(name));

    /// <summary>A repository that was read already.</summary>
    public EcrRepository(EcrClient ecr, Repository repository)
        : base(ImageReference.Parse(repository.RepositoryName), RepositoryPlace.Of(repository)) =>
        (_ecr, _asked, _registryId, _region) =
            (ecr, ImageReference.Parse(repository.RepositoryName), repository.RegistryId, repository.Region);

    public override string Whereabouts => _region ?? "Amazon ECR";

    public override string? Registry => base.Registry ?? (_owner is null ? null : $"{_owner}.{_region}");

    /// <summary>The account of the registry, as far as it is known.</summary>
    public string? RegistryId => _owner ?? _registryId;

    public override async Task<IReadOnlyDictionary<string, StoredManifest>> FindAsync(
        IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, StoredManifest> found = [];
        ParallelOptions options = new() { MaxDegreeOfParallelism = Batches, CancellationToken = cancellationToken };
        await System.Threading.Tasks.Parallel.ForEachAsync(references.Distinct().Chunk(Batch), options, async (some, token) =>
        {
            ImageId[] ids =
                [.. some.Select(r => Digest.TryParse(r, out _) ? new ImageId { ImageDigest = r } : new ImageId { ImageTag = r })];
            ImageBatch batch = await _ecr.BatchGetImageAsync(Name, ids, MediaTypes.Manifests, token).ConfigureAwait(false);
            foreach (ImageManifest image in batch.Images)
            {
                _owner ??= image.RegistryId;
                StoredManifest manifest = Read(image);
                found[manifest.Digest.Value] = manifest;
                if (image.ImageId.ImageTag is { } tag) found[tag] = manifest;
            }
            if (some.Length == 1 && batch.Failures is [{ FailureCode: not "ImageNotFound" } failure]) throw ImageFailures.Of(failure, Name);
        }).ConfigureAwait(false);
        return found;
    }

    public override async Task<Stream> OpenBlobAsync(OciDescriptor blob, long from, CancellationToken cancellationToken)
    {
        // good for an hour; so each try asks anew
        string url = await _ecr.GetDownloadUrlForLayerAsync(Name, blob.Digest.Value, cancellationToken).ConfigureAwait(false);
        try
        {
            return await RegistryHttp.OpenAsync(await RegistryHttp.GetAsync(new Uri(url), from, cancellationToken).ConfigureAwait(false),
                from, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            // Without the address: it carries a right of its own.
            throw new TransientFailure(ErrorCatalog.LayerStorageUnreachable(
                $"{blob.Digest} of '{Name}' in ECR's storage (Amazon S3)", e.GetBaseException().Message, Name), null);
        }
    }

    // By the API, which needs no login: a tag within a repository costs one call.
    public override async Task PutManifestAsync(StoredManifest manifest, string? tag, CancellationToken cancellationToken)
    {
        try
        {
            await _ecr.PutImageAsync(Name, Encoding.UTF8.GetString(manifest.Content), manifest.Manifest.MediaType, manifest.Digest.Value,
                tag, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.ErrorId == "ImageAlreadyExistsException") { }   // so it is, and had to be
    }

    public override IAsyncEnumerable<ImageDetail> DescribeAsync(bool isTaggedOnly, CancellationToken cancellationToken) =>
        _ecr.DescribeImagesAsync(Name, isTaggedOnly ? "TAGGED" : null, PageSize, cancellationToken);

    public override IAsyncEnumerable<ImageDetail> DescribeAsync(string tag, CancellationToken cancellationToken) =>
        _ecr.DescribeImagesAsync(Name, [new ImageId { ImageTag = tag }], cancellationToken);

    /// <summary>The images of these ids. <c>ImageNotFoundException</c> if one is missing.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeAsync(IReadOnlyCollection<ImageId> ids, CancellationToken cancellationToken) =>
        _ecr.DescribeImagesAsync(Name, ids, cancellationToken);

    /// <summary>Deletes at most 100 images or tags. What stays is in the failures, not an error.</summary>
    public Task<ImageDeletion> DeleteAsync(IReadOnlyList<ImageId> ids, CancellationToken cancellationToken) =>
        _ecr.BatchDeleteImageAsync(Name, ids, cancellationToken);

    protected override Task<RegistryLogin> GetLoginAsync(CancellationToken cancellationToken) =>
        _ecr.GetAuthorizationTokenAsync(cancellationToken);

    // AWS has several names for a registry: plain, FIPS, dual-stack.
    protected override bool IsMeantFor(RegistryLogin login, RepositoryPlace place) => base.IsMeantFor(login, place)
        || (EcrHost.TryParse(login.Host) is { IsPublic: false } given && EcrHost.TryParse(place.Host) is { } other
            && (given.RegistryId, given.Region) == (other.RegistryId, other.Region));

    protected override async Task<RepositoryPlace> FindPlaceAsync(CancellationToken cancellationToken)
    {
        RepositoryPlace? place = null;
        try
        {
            await foreach (Repository found in _ecr.DescribeRepositoriesAsync([Name], cancellationToken).ConfigureAwait(false))
                place = RepositoryPlace.Of(found);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied && _aws is not null)
        {
            RegistryLogin login = await _ecr.GetAuthorizationTokenAsync(cancellationToken).ConfigureAwait(false);
            string account = _registryId ?? await _aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            place = new() { RepositoryName = Name, RepositoryUri = $"{login.Host}/{Name}", RegistryId = account, Region = _aws.Region };
        }
        return _asked.Host is null || _asked.Host == place!.Host
            ? place! : throw ErrorCatalog.RegistryMismatch($"{_asked}",
            $"is at {_asked.Host}, but these credentials, region and endpoint lead to {place.Host}",
            "Leave the host out, or name the -Region and -ProfileName (or -EndpointUrl) that belong to it.");
    }

    private StoredManifest Read(ImageManifest image)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(image.Manifest);
        Digest digest = Digest.Of(utf8);
        return image.ImageId.ImageDigest is { } said && said != digest.Value
            ? throw ErrorCatalog.DigestMismatch($"The manifest that ECR gave for {said} of " +
                $"'{Name}' has the digest {digest}. Nothing was changed; is the endpoint really AWS?", Name)
            : new(digest, utf8, image.ImageManifestMediaType);
    }
}

/// <summary>A repository of ECR Public. Its API hands out no manifests and no blobs; the registry itself does.</summary>
internal sealed class EcrPublicRepository : AwsRepository
{
    private readonly EcrPublicClient _ecr;
    private readonly AwsSession? _aws;
    private readonly ImageReference _asked;
    private readonly string? _registryId;

    /// <summary>A repository that a user names.</summary>
    /// <param name="aws">The session.</param>
    /// <param name="asked">The repository by name, or by URI: host, the registry's alias, name.</param>
    /// <param name="registryId">The account, when it is not the caller's own; else null.</param>
    public EcrPublicRepository(AwsSession aws, ImageReference asked, string? registryId) : base(asked, null) =>
        (_ecr, _aws, _asked, _registryId) = (aws.EcrPublic.For(registryId), aws, asked, registryId);

    /// <summary>A repository that was read already.</summary>
    public EcrPublicRepository(EcrPublicClient ecr, Repository repository)
        : base(ImageReference.Parse(repository.RepositoryName), RepositoryPlace.Of(repository)) =>
        (_ecr, _asked) = (ecr, ImageReference.Parse(repository.RepositoryName));

    public override string Whereabouts => "ECR Public";

    // Not ECR, even where account and region are the same.
    public override string? Registry => base.Registry is { } registry ? $"public.{registry}" : null;

    public override async IAsyncEnumerable<ImageDetail> DescribeAsync(
        bool isTaggedOnly, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // ECR Public does not filter.
        await foreach (ImageDetail image in _ecr.DescribeImagesAsync(Name, cancellationToken).ConfigureAwait(false))
            if (!isTaggedOnly || image.ImageTags is { Count: > 0 }) yield return image;
    }

    public override IAsyncEnumerable<ImageDetail> DescribeAsync(string tag, CancellationToken cancellationToken) =>
        _ecr.DescribeImagesAsync(Name, [new ImageId { ImageTag = tag }], cancellationToken);

    protected override Task<RegistryLogin> GetLoginAsync(CancellationToken cancellationToken) =>
        _ecr.GetAuthorizationTokenAsync(cancellationToken);

    // Anybody's public repository can be read; only the caller's own is described.
    protected override async Task<RepositoryPlace> FindPlaceAsync(CancellationToken cancellationToken)
    {
        string path = _asked.Repository.Value;
        string name = _asked.Host is null ? path
            : path.Split('/', 2) is [_, var rest] ? rest : throw ErrorCatalog.InvalidImageReference($"{_asked}",
            "the alias of the registry is missing between host and name (for example 'public.ecr.aws/a1b2c3d4/jwt-pizza-service')",
            "Get-PizzaRepository -Public shows the URIs.");
        RepositoryPlace? place = null;
        try
        {
            await foreach (Repository found in _ecr.DescribeRepositoriesAsync([name], cancellationToken).ConfigureAwait(false))
                place = RepositoryPlace.Of(found);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied && _asked.Host is not null && _aws is not null)
        {
            string account = _registryId ?? await _aws.GetAccountAsync(cancellationToken).ConfigureAwait(false);
            return new()
            {
                RepositoryName = name, RepositoryUri = $"{_asked.Host}/{path}", RegistryId = account, Region = EcrPublicClient.Region,
                IsPublic = true,
            };
        }
        return _asked.Host is null || $"{_asked.Host}/{path}" == place!.RepositoryUri
            ? place! : throw ErrorCatalog.RegistryMismatch($"{_asked.Host}/{path}",
            $"is not the repository '{name}' of these credentials, which is {place.RepositoryUri}",
            "Check the alias, or name the -ProfileName of the account that owns it.");
    }
}
