using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR Public that the module uses, one method each. It is one registry for the whole world, called in
/// us-east-1.</summary>
internal sealed class EcrPublicClient
{
    /// <summary>Where it is called, whatever region the caller works in.</summary>
    public const string Region = Endpoints.PublicRegion;

    private const int MaxIds = 100, MaxPage = 1000;
    private const string Host = "public.ecr.aws";
    private readonly AwsConnection _ecr;
    private readonly string? _registry;

    private static EcrPublicJson Json => EcrPublicJson.Default;

    internal EcrPublicClient(AwsConnection ecr, string? registry = null) => (_ecr, _registry) = (ecr, registry);

    /// <summary>The same client for the registry of another account; null or empty means the caller's own.</summary>
    /// <param name="registryId">12 digits.</param>
    public EcrPublicClient For(string? registryId) => new(_ecr, string.IsNullOrEmpty(registryId) ? null : AccountId.Check(registryId));

    /// <summary>Makes a repository. <c>RepositoryAlreadyExistsException</c> when the name is taken.</summary>
    /// <param name="repositoryName">Its name.</param>
    /// <param name="catalog">What the gallery shows of it; null for nothing.</param>
    /// <param name="tags">Its resource tags; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Repository> CreateRepositoryAsync(
        string repositoryName, RepositoryCatalog? catalog, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken)
    {
        DateTimeOffset since = DateTimeOffset.UtcNow - AwsConnection.ClockSkew;
        PublicCreateRepositoryInput input = new(repositoryName, catalog is null ? null : CatalogDataInput.Of(catalog),
            tags is { Count: > 0 } ? ResourceTag.Of(tags) : null);
        PublicRepositoryOutput output =
            await _ecr.WriteAsync("CreateRepository", input, Json.PublicCreateRepositoryInput, Json.PublicRepositoryOutput, MadeAsync,
                cancellationToken).ConfigureAwait(false);
        return output.Repository.ToRepository() with { Catalog = output.CatalogData?.ToCatalog() };

        async Task<PublicRepositoryOutput?> MadeAsync(CancellationToken token) =>
            await ThereAsync(repositoryName, token).ConfigureAwait(false) is { } there && there.CreatedAt >= since
            && await ShownAsync(repositoryName, token).ConfigureAwait(false) is var shown
            && (catalog is null || catalog.ShowsSameAs(shown?.ToCatalog() ?? new())) ? new(there, shown) : null;
    }

    /// <summary>The repositories of these names (<c>RepositoryNotFoundException</c> if one is missing), or all of the registry, page by
    /// page. Without their catalogue data.</summary>
    /// <param name="repositoryNames">The names; null for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Repository> DescribeRepositoriesAsync(
        IReadOnlyCollection<string>? repositoryNames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[]? names in repositoryNames?.Chunk(MaxIds) ?? (IEnumerable<string[]?>)[null])
        {
            IAsyncEnumerable<PublicDescribeRepositoriesOutput> pages =
                _ecr.PagesAsync("DescribeRepositories", next => new(_registry, names, next, names is null ? MaxPage : null),
                Json.DescribeRepositoriesInput, Json.PublicDescribeRepositoriesOutput, p => p.NextToken, cancellationToken);
            await foreach (PublicDescribeRepositoriesOutput page in pages.ConfigureAwait(false))
                foreach (WirePublicRepository repository in page.Repositories) yield return repository.ToRepository();
        }
    }

    /// <summary>What the gallery shows of a repository. <c>RepositoryCatalogDataNotFoundException</c> when that is nothing.</summary>
    public async Task<RepositoryCatalog> GetCatalogDataAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await _ecr.ReadAsync("GetRepositoryCatalogData", new(_registry, repositoryName), Json.RepositoryInput, Json.GetCatalogDataOutput,
            cancellationToken).ConfigureAwait(false)).CatalogData.ToCatalog();

    /// <summary>Replaces what the gallery shows of a repository.</summary>
    public async Task<RepositoryCatalog> PutCatalogDataAsync(
        string repositoryName, RepositoryCatalog catalog, CancellationToken cancellationToken) =>
        (await _ecr.WriteAsync("PutRepositoryCatalogData", new(_registry, repositoryName, CatalogDataInput.Of(catalog)),
            Json.PutCatalogDataInput, Json.GetCatalogDataOutput,
            async token =>
                await ShownAsync(repositoryName, token).ConfigureAwait(false) is { } shown && catalog.ShowsSameAs(shown.ToCatalog())
                    ? new(shown) : null, cancellationToken).ConfigureAwait(false)).CatalogData.ToCatalog();

    /// <summary>The tags of its repositories.</summary>
    public ResourceTags Tags => new(_ecr);

    /// <summary>Deletes a repository. <c>RepositoryNotEmptyException</c> when it holds images and <paramref name="force"/> is not
    /// set.</summary>
    /// <returns>The repository as it was; null when AWS's answer was lost, and the repository is gone.</returns>
    public async Task<Repository?> DeleteRepositoryAsync(string repositoryName, bool force, CancellationToken cancellationToken) =>
        (await _ecr.WriteAsync("DeleteRepository", new(_registry, repositoryName, force), Json.DeleteRepositoryInput,
            Json.PublicDeleteRepositoryOutput,
            async token => await ThereAsync(repositoryName, token).ConfigureAwait(false) is null ? new(null) : null, cancellationToken)
            .ConfigureAwait(false)).Repository?.ToRepository();

    /// <summary>All images of a repository, page by page.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(string repositoryName, CancellationToken cancellationToken) =>
        DescribeImagesAsync(new PublicDescribeImagesInput(_registry, repositoryName, null, null, MaxPage), cancellationToken);

    /// <summary>The images of these ids, at most 100. <c>ImageNotFoundException</c> if one is missing.</summary>
    public IAsyncEnumerable<ImageDetail> DescribeImagesAsync(
        string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) =>
        DescribeImagesAsync(new PublicDescribeImagesInput(_registry, repositoryName, imageIds, null, null), cancellationToken);

    /// <summary>A login to the public registry, good for 12 hours. Needs ecr-public:GetAuthorizationToken and
    /// sts:GetServiceBearerToken.</summary>
    public async Task<RegistryLogin> GetAuthorizationTokenAsync(CancellationToken cancellationToken)
    {
        PublicAuthorizationData data =
            (await _ecr.ReadAsync("GetAuthorizationToken", new(), Json.Nothing, Json.PublicAuthorizationTokenOutput, cancellationToken)
                .ConfigureAwait(false)).AuthorizationData;
        string host = await GetHostAsync(cancellationToken).ConfigureAwait(false);
        return RegistryLogin.Decode(data.AuthorizationToken, data.ExpiresAt, $"https://{host}")
            ?? throw AwsErrors.Missing(AwsService.EcrPublic, "authorizationToken");
    }

    /// <summary>The host of the public registry: <c>public.ecr.aws</c>, or what stands in for it where another endpoint stands in for
    /// AWS.</summary>
    public async Task<string> GetHostAsync(CancellationToken cancellationToken)
    {
        if (_ecr.Url.Host.Contains("ecr-public", StringComparison.Ordinal)) return Host;
        DescribeRegistriesOutput output =
            await _ecr.ReadAsync("DescribeRegistries", new(), Json.Nothing, Json.DescribeRegistriesOutput, cancellationToken)
                .ConfigureAwait(false);
        return output.Registries is [var own, ..] ? own.RegistryUri.Split('/')[0] : Host;
    }

    private async Task<WirePublicRepository?> ThereAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await AwsErrors.UnlessAsync("RepositoryNotFoundException",
            () => _ecr.ReadAsync("DescribeRepositories", new(_registry, [repositoryName], null, null),
            Json.DescribeRepositoriesInput, Json.PublicDescribeRepositoriesOutput, cancellationToken)).ConfigureAwait(false))
            ?.Repositories is [var there] ? there : null;

    private async Task<CatalogDataOutput?> ShownAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await AwsErrors.UnlessAsync("RepositoryCatalogDataNotFoundException",
            () => _ecr.ReadAsync("GetRepositoryCatalogData", new(_registry, repositoryName),
            Json.RepositoryInput, Json.GetCatalogDataOutput, cancellationToken)).ConfigureAwait(false))?.CatalogData;

    private async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(
        PublicDescribeImagesInput input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<DescribeImagesOutput> pages = _ecr.PagesAsync("DescribeImages", next => input with { NextToken = next },
            Json.PublicDescribeImagesInput, Json.DescribeImagesOutput, p => p.NextToken, cancellationToken);
        await foreach (DescribeImagesOutput page in pages.ConfigureAwait(false))
            foreach (ImageDetail image in page.ImageDetails) yield return image;
    }
}

// The shapes of ECR Public's model, as far as they are used and differ from ECR's:
// https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_Operations.html
internal sealed record PublicCreateRepositoryInput(string RepositoryName, CatalogDataInput? CatalogData, ResourceTag[]? Tags);
internal sealed record PublicRepositoryOutput([property: JsonRequired] WirePublicRepository Repository, CatalogDataOutput? CatalogData);
internal sealed record PublicDeleteRepositoryOutput(WirePublicRepository? Repository);
internal sealed record PublicDescribeRepositoriesOutput([property: JsonRequired] WirePublicRepository[] Repositories, string? NextToken);
internal sealed record PutCatalogDataInput(string? RegistryId, string RepositoryName, CatalogDataInput CatalogData);
internal sealed record GetCatalogDataOutput([property: JsonRequired] CatalogDataOutput CatalogData);
internal sealed record PublicDescribeImagesInput(
    string? RegistryId, string RepositoryName, IReadOnlyList<ImageId>? ImageIds, string? NextToken, int? MaxResults);
internal sealed record DescribeRegistriesOutput([property: JsonRequired] WireRegistry[] Registries);
internal sealed record WireRegistry([property: JsonRequired] string RegistryId, [property: JsonRequired] string RegistryUri);
internal sealed record PublicAuthorizationTokenOutput([property: JsonRequired] PublicAuthorizationData AuthorizationData);

internal sealed record CatalogDataInput(
    string? Description, string? AboutText, string? UsageText,
    IReadOnlyList<string>? OperatingSystems, IReadOnlyList<string>? Architectures, byte[]? LogoImageBlob)
{
    public static CatalogDataInput Of(RepositoryCatalog catalog) =>
        new(catalog.Description, catalog.AboutText, catalog.UsageText, catalog.OperatingSystem, catalog.Architecture, catalog.Logo);
}

internal sealed record CatalogDataOutput(
    string? Description, string? AboutText, string? UsageText, string[]? OperatingSystems, string[]? Architectures, string? LogoUrl)
{
    public RepositoryCatalog ToCatalog() =>
        new()
        {
            Description = Description, AboutText = AboutText, UsageText = UsageText, OperatingSystem = OperatingSystems,
            Architecture = Architectures, LogoUrl = LogoUrl,
        };
}

internal sealed record WirePublicRepository(
    [property: JsonRequired] string RepositoryArn, [property: JsonRequired] string RegistryId,
    [property: JsonRequired] string RepositoryName, [property: JsonRequired] string RepositoryUri)
{
    public DateTimeOffset? CreatedAt { get; init; }

    public Repository ToRepository() => new()
    {
        IsPublic = true,
        RepositoryName = RepositoryName,
        RegistryId = RegistryId,
        Region = Endpoints.PublicRegion,
        RepositoryUri = RepositoryUri,
        RepositoryArn = RepositoryArn,
        CreatedAt = CreatedAt,
    };
}

/// <summary>The token is a password: its text never shows.</summary>
internal sealed record PublicAuthorizationData(
    [property: JsonRequired] string AuthorizationToken, [property: JsonRequired] DateTimeOffset ExpiresAt)
{
    public override string ToString() => $"until {ExpiresAt:u}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(RepositoryInput))]
[JsonSerializable(typeof(PublicCreateRepositoryInput))]
[JsonSerializable(typeof(PublicRepositoryOutput))]
[JsonSerializable(typeof(PublicDeleteRepositoryOutput))]
[JsonSerializable(typeof(DescribeRepositoriesInput))]
[JsonSerializable(typeof(PublicDescribeRepositoriesOutput))]
[JsonSerializable(typeof(PutCatalogDataInput))]
[JsonSerializable(typeof(GetCatalogDataOutput))]
[JsonSerializable(typeof(DeleteRepositoryInput))]
[JsonSerializable(typeof(PublicDescribeImagesInput))]
[JsonSerializable(typeof(DescribeImagesOutput))]
[JsonSerializable(typeof(DescribeRegistriesOutput))]
[JsonSerializable(typeof(PublicAuthorizationTokenOutput))]
internal sealed partial class EcrPublicJson : JsonSerializerContext;
