using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The operations of Amazon ECR that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with AWS's
/// error code.</summary>
internal sealed class EcrClient
{
    private const int MaxIds = 100, MaxRegistries = 10, MaxPage = 1000;
    private readonly AwsConnection _ecr;
    private readonly string _region;
    private readonly string? _registry;

    private static EcrJson Json => EcrJson.Default;

    internal EcrClient(AwsConnection ecr, string region, string? registry = null) => (_ecr, _region, _registry) = (ecr, region, registry);

    /// <summary>The same client for the registry of another account; null or empty means the caller's own.</summary>
    /// <param name="registryId">12 digits.</param>
    public EcrClient For(string? registryId) => new(_ecr, _region, string.IsNullOrEmpty(registryId) ? null : AccountId.Check(registryId));

    /// <summary>Who calls which registry.</summary>
    internal async Task<string> CallerAsync(CancellationToken cancellationToken) =>
        $"{await _ecr.CallerAsync(cancellationToken).ConfigureAwait(false)} {_region} {_registry}";

    /// <summary>A login to the registry of the caller's account in this region, good for 12 hours.</summary>
    public async Task<RegistryLogin> GetAuthorizationTokenAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegistryLogin> logins =
            await GetAuthorizationTokensAsync(_registry is null ? [] : [_registry], cancellationToken).ConfigureAwait(false);
        return logins is [{ } login, ..] ? login : throw AwsErrors.Missing(AwsService.Ecr, "authorizationData");
    }

    /// <summary>Logins to the registries of these accounts in this region, in the order that ECR gives them.</summary>
    /// <param name="registryIds">12 digits each; none for the caller's own registry alone.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<RegistryLogin>> GetAuthorizationTokensAsync(
        IReadOnlyCollection<string> registryIds, CancellationToken cancellationToken)
    {
        List<RegistryLogin> logins = [];
        foreach (string[]? ids in registryIds.Count == 0 ? (IEnumerable<string[]?>)[null] : registryIds.Chunk(MaxRegistries))
        {
            GetAuthorizationTokenOutput output =
                await _ecr.ReadAsync("GetAuthorizationToken", new(ids), Json.GetAuthorizationTokenInput, Json.GetAuthorizationTokenOutput,
                    cancellationToken).ConfigureAwait(false);
            logins.AddRange(
                output.AuthorizationData.Select(d => RegistryLogin.Decode(d.AuthorizationToken, d.ExpiresAt, d.ProxyEndpoint)
                    ?? throw AwsErrors.Missing(AwsService.Ecr, "authorizationToken")));
        }
        return logins;
    }

    /// <summary>Makes a repository. <c>RepositoryAlreadyExistsException</c> when the name is taken.</summary>
    /// <param name="repositoryName">Its name.</param>
    /// <param name="settings">What it is to be, in ECR's own terms; null leaves a setting to ECR.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Repository> CreateRepositoryAsync(
        string repositoryName, RepositorySettings settings, CancellationToken cancellationToken) =>
        (await _ecr.WriteAsync("CreateRepository", CreateRepositoryInput.Of(repositoryName, settings, _registry),
            Json.CreateRepositoryInput, Json.RepositoryOutput,
            MadeNow(repositoryName, settings), cancellationToken).ConfigureAwait(false)).Repository.ToRepository(_region);

    /// <summary>The repositories of these names (<c>RepositoryNotFoundException</c> if one is missing), or all of the registry, page by
    /// page.</summary>
    /// <param name="repositoryNames">The names; null for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<Repository> DescribeRepositoriesAsync(
        IReadOnlyCollection<string>? repositoryNames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string[]? names in Chunks(repositoryNames))
        {
            IAsyncEnumerable<DescribeRepositoriesOutput> pages =
                _ecr.PagesAsync("DescribeRepositories", next => new(_registry, names, next, names is null ? MaxPage : null),
                Json.DescribeRepositoriesInput, Json.DescribeRepositoriesOutput, p => p.NextToken, cancellationToken);
            await foreach (DescribeRepositoriesOutput page in pages.ConfigureAwait(false))
                foreach (WireRepository repository in page.Repositories) yield return repository.ToRepository(_region);
        }
    }

    /// <summary>Sets whether a tag may be pushed again.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="mutability">MUTABLE, IMMUTABLE, or either with _WITH_EXCLUSION.</param>
    /// <param name="exclusion">The patterns that go with _WITH_EXCLUSION; else empty.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task PutImageTagMutabilityAsync(
        string repositoryName, string mutability, IReadOnlyList<string> exclusion, CancellationToken cancellationToken) =>
        _ecr.WriteAsync("PutImageTagMutability", new(_registry, repositoryName, mutability, ExclusionFilter.Of(exclusion)),
            Json.PutImageTagMutabilityInput, Json.Nothing,
            IsSo(repositoryName, new() { ImageTagMutability = mutability, MutabilityExclusion = exclusion }), cancellationToken);

    /// <summary>Sets whether each image is scanned when it is pushed.</summary>
    public Task PutImageScanningConfigurationAsync(string repositoryName, bool scanOnPush, CancellationToken cancellationToken) =>
        _ecr.WriteAsync("PutImageScanningConfiguration", new(_registry, repositoryName, new(scanOnPush)),
            Json.PutImageScanningConfigurationInput, Json.Nothing,
            IsSo(repositoryName, new() { ScanOnPush = scanOnPush }), cancellationToken);

    /// <summary>The tags of its repositories.</summary>
    public ResourceTags Tags => new(_ecr);

    /// <summary>Deletes a repository. <c>RepositoryNotEmptyException</c> when it holds images and <paramref name="force"/> is not
    /// set.</summary>
    /// <returns>The repository as it was; null when AWS's answer was lost, and the repository is gone.</returns>
    public async Task<Repository?> DeleteRepositoryAsync(string repositoryName, bool force, CancellationToken cancellationToken) =>
        (await _ecr.WriteAsync("DeleteRepository", new(_registry, repositoryName, force), Json.DeleteRepositoryInput,
            Json.DeleteRepositoryOutput,
            async token => await ThereAsync(repositoryName, token).ConfigureAwait(false) is null ? new(null) : null, cancellationToken)
            .ConfigureAwait(false)).Repository?.ToRepository(_region);

    /// <summary>Looks for a repository that was to be made: one that is as asked for and was made while the answer was waited for, give or
    /// take what clocks may differ.</summary>
    private Func<CancellationToken, Task<RepositoryOutput?>> MadeNow(string repositoryName, RepositorySettings settings)
    {
        DateTimeOffset since = DateTimeOffset.UtcNow - AwsConnection.ClockSkew;
        return async token =>
            await ThereAsync(repositoryName, token).ConfigureAwait(false) is { } there && there.CreatedAt >= since
                && settings.AreOf(there.ToRepository(_region)) ? new(there) : null;
    }

    private Func<CancellationToken, Task<bool>> IsSo(string repositoryName, RepositorySettings wanted) =>
        async token =>
            await ThereAsync(repositoryName, token).ConfigureAwait(false) is { } there && wanted.AreOf(there.ToRepository(_region));

    private async Task<WireRepository?> ThereAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await AwsErrors.UnlessAsync("RepositoryNotFoundException",
            () => _ecr.ReadAsync("DescribeRepositories", new(_registry, [repositoryName], null, null),
            Json.DescribeRepositoriesInput, Json.DescribeRepositoriesOutput, cancellationToken)).ConfigureAwait(false))
            ?.Repositories is [var there] ? there : null;

    private static IEnumerable<string[]?> Chunks(IReadOnlyCollection<string>? names) =>
        names?.Chunk(MaxIds) ?? (IEnumerable<string[]?>)[null];

    /// <summary>All images of a repository, page by page; archived ones are left out, as ECR does by itself, unless a status is
    /// named.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="tagStatus">TAGGED, UNTAGGED or ANY; null for ECR's default, all.</param>
    /// <param name="pageSize">1 to 1000.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <param name="imageStatus">ACTIVE (ECR's default), ARCHIVED, ACTIVATING or ANY.</param>
    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(
        string repositoryName, string? tagStatus, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken,
        string? imageStatus = null)
    {
        DescribeImagesInput input = new(_registry, repositoryName)
        {
            Filter = tagStatus is null && imageStatus is null ? null : new(tagStatus, imageStatus), MaxResults = pageSize,
        };
        IAsyncEnumerable<DescribeImagesOutput> pages = _ecr.PagesAsync("DescribeImages", next => input with { NextToken = next },
            Json.DescribeImagesInput, Json.DescribeImagesOutput, p => p.NextToken, cancellationToken);
        await foreach (DescribeImagesOutput page in pages.ConfigureAwait(false))
            foreach (ImageDetail image in page.ImageDetails) yield return image;
    }

    /// <summary>The images of these ids. <c>ImageNotFoundException</c> if one is missing.</summary>
    public async IAsyncEnumerable<ImageDetail> DescribeImagesAsync(
        string repositoryName, IReadOnlyCollection<ImageId> imageIds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ImageId[] ids in imageIds.Chunk(MaxIds))
        {
            DescribeImagesInput input = new(_registry, repositoryName) { ImageIds = ids };
            foreach (ImageDetail image in (await _ecr.ReadAsync("DescribeImages", input, Json.DescribeImagesInput,
                Json.DescribeImagesOutput, cancellationToken).ConfigureAwait(false)).ImageDetails)
                yield return image;
        }
    }

    /// <summary>Manifests of at most 100 images. What is missing is in the failures, not an error.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="imageIds">1 to 100 tags or digests.</param>
    /// <param name="acceptedMediaTypes">The manifest types to be handed out; null for ECR's default, which leaves indexes out.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ImageBatch> BatchGetImageAsync(string repositoryName, IReadOnlyList<ImageId> imageIds,
        IReadOnlyList<string>? acceptedMediaTypes, CancellationToken cancellationToken) =>
        _ecr.ReadAsync("BatchGetImage", new(_registry, repositoryName, imageIds, acceptedMediaTypes), Json.BatchGetImageInput,
            Json.ImageBatch, cancellationToken);

    /// <summary>Where a layer or configuration blob may be fetched for a short while, without further credentials.</summary>
    public async Task<string> GetDownloadUrlForLayerAsync(string repositoryName, string layerDigest, CancellationToken cancellationToken) =>
        (await _ecr.ReadAsync("GetDownloadUrlForLayer", new(_registry, repositoryName, layerDigest), Json.GetDownloadUrlForLayerInput,
            Json.GetDownloadUrlForLayerOutput, cancellationToken).ConfigureAwait(false)).DownloadUrl;

    /// <summary>Deletes at most 100 images: by digest with all their tags, by tag alone only that tag, and with its last tag the image.
    /// What stays is in the failures, not an error.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="imageIds">1 to 100 tags or digests of images that are there.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ImageDeletion> BatchDeleteImageAsync(
        string repositoryName, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken)
    {
        return _ecr.WriteAsync("BatchDeleteImage", new(_registry, repositoryName, imageIds), Json.BatchDeleteImageInput, Json.ImageDeletion,
            DeletedAsync, cancellationToken, WithGone);

        static ImageDeletion WithGone(ImageDeletion answer)
        {
            IReadOnlyList<ImageFailure> failures = answer.Failures ?? [];
            return new()
            {
                ImageIds = [.. answer.ImageIds ?? [], .. failures.Where(IsGone).Select(f => f.ImageId!)],
                Failures = [.. failures.Where(f => !IsGone(f))],
            };
        }

        // Where one is gone the call was carried out; what is still there is asked for again, and ECR says why it stays.
        async Task<ImageDeletion?> DeletedAsync(CancellationToken token)
        {
            ImageId[] gone =
                [.. ((await BatchGetImageAsync(repositoryName, imageIds, null, token).ConfigureAwait(false)).Failures ?? []).Where(IsGone)
                    .Select(f => f.ImageId!)];
            if (gone is []) return null;
            ImageId[] left = [.. imageIds.Except(gone)];
            ImageDeletion rest = left is [] ? new() : await BatchDeleteImageAsync(repositoryName, left, token).ConfigureAwait(false);
            return rest with { ImageIds = [.. gone, .. rest.ImageIds] };
        }

        static bool IsGone(ImageFailure failure) => failure is { FailureCode: "ImageNotFound", ImageId: not null };
    }

    /// <summary>Stores a manifest whose layers or children are there. <c>ImageAlreadyExistsException</c> when this very image has this tag,
    /// <c>ImageTagAlreadyExistsException</c> when an immutable tag is another's.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="manifest">The manifest or index, byte for byte.</param>
    /// <param name="mediaType">Its media type.</param>
    /// <param name="digest">Its digest, which ECR checks; null leaves it to ECR.</param>
    /// <param name="tag">The tag; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task PutImageAsync(
        string repositoryName, string manifest, string? mediaType, string? digest, string? tag, CancellationToken cancellationToken) =>
        _ecr.WriteAsync("PutImage",
            new(_registry, repositoryName, manifest) { ImageManifestMediaType = mediaType, ImageDigest = digest, ImageTag = tag },
            Json.PutImageInput, Json.Nothing,
            async token =>
                (await BatchGetImageAsync(repositoryName, [tag is null ? new() { ImageDigest = digest } : new() { ImageTag = tag }],
                    mediaType is null ? null : [mediaType], token).ConfigureAwait(false))
                .Images is [var there] && there.Manifest == manifest, cancellationToken);

    /// <summary>The lifecycle policy of a repository. <c>LifecyclePolicyNotFoundException</c> when it has none.</summary>
    public Task<LifecyclePolicyText> GetLifecyclePolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        _ecr.ReadAsync("GetLifecyclePolicy", new(_registry, repositoryName), Json.RepositoryInput, Json.LifecyclePolicyText,
            cancellationToken);

    /// <summary>Replaces the lifecycle policy of a repository.</summary>
    public Task PutLifecyclePolicyAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("PutLifecyclePolicy", new(_registry, repositoryName, policyText), Json.PutLifecyclePolicyInput,
            Json.Nothing, cancellationToken);

    /// <summary>Deletes the lifecycle policy of a repository. <c>LifecyclePolicyNotFoundException</c> when it has none.</summary>
    public Task DeleteLifecyclePolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("DeleteLifecyclePolicy", new(_registry, repositoryName), Json.RepositoryInput, Json.Nothing,
            cancellationToken);

    /// <summary>Has ECR work out what a policy would do. <c>LifecyclePolicyPreviewInProgressException</c> while another preview of the
    /// repository runs.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="policyText">The policy; it is not put in force.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task StartLifecyclePolicyPreviewAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        _ecr.WriteAsync("StartLifecyclePolicyPreview", new(_registry, repositoryName, policyText), Json.PutLifecyclePolicyInput,
            Json.Nothing,
            async token =>
                (await AwsErrors.UnlessAsync("LifecyclePolicyPreviewNotFoundException",
                    () => GetLifecyclePolicyPreviewAsync(repositoryName, null, token)).ConfigureAwait(false))
                    ?.LifecyclePolicyText == policyText, cancellationToken);

    /// <summary>A page of the last preview; it has no images as long as the preview is in progress.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="nextToken">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<LifecyclePreviewPage> GetLifecyclePolicyPreviewAsync(
        string repositoryName, string? nextToken, CancellationToken cancellationToken) =>
        _ecr.ReadAsync("GetLifecyclePolicyPreview", new(_registry, repositoryName, nextToken, MaxIds), Json.GetPreviewInput,
            Json.LifecyclePreviewPage, cancellationToken);

    /// <summary>The policy of a repository, as JSON. <c>RepositoryPolicyNotFoundException</c> when it has none.</summary>
    public async Task<string> GetRepositoryPolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        (await _ecr.ReadAsync("GetRepositoryPolicy", new(_registry, repositoryName), Json.RepositoryInput, Json.PolicyOutput,
            cancellationToken).ConfigureAwait(false)).PolicyText;

    /// <summary>Replaces the policy of a repository. One that would keep the caller from ever changing it again is refused.</summary>
    public Task SetRepositoryPolicyAsync(string repositoryName, string policyText, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("SetRepositoryPolicy", new(_registry, repositoryName, policyText), Json.SetRepositoryPolicyInput,
            Json.Nothing, cancellationToken);

    /// <summary>Deletes the policy of a repository. <c>RepositoryPolicyNotFoundException</c> when it has none.</summary>
    public Task DeleteRepositoryPolicyAsync(string repositoryName, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("DeleteRepositoryPolicy", new(_registry, repositoryName), Json.RepositoryInput, Json.Nothing,
            cancellationToken);

    /// <summary>The policy of the caller's registry in this region, as JSON. <c>RegistryPolicyNotFoundException</c> when it has
    /// none.</summary>
    public async Task<string> GetRegistryPolicyAsync(CancellationToken cancellationToken) =>
        (await _ecr.ReadAsync("GetRegistryPolicy", new(), Json.Nothing, Json.PolicyOutput, cancellationToken)
            .ConfigureAwait(false)).PolicyText;

    /// <summary>Replaces the policy of the caller's registry in this region.</summary>
    public Task PutRegistryPolicyAsync(string policyText, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("PutRegistryPolicy", new(policyText), Json.PutRegistryPolicyInput, Json.Nothing, cancellationToken);

    /// <summary>Deletes the policy of the caller's registry in this region. <c>RegistryPolicyNotFoundException</c> when it has
    /// none.</summary>
    public Task DeleteRegistryPolicyAsync(CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("DeleteRegistryPolicy", new(), Json.Nothing, Json.Nothing, cancellationToken);

    /// <summary>The id of the caller's registry and its replication configuration, whatever that holds, as JSON.</summary>
    public async Task<(string RegistryId, string? ReplicationConfiguration)> DescribeRegistryAsync(CancellationToken cancellationToken)
    {
        DescribeRegistryOutput output =
            await _ecr.ReadAsync("DescribeRegistry", new(), Json.Nothing, Json.DescribeRegistryOutput, cancellationToken)
                .ConfigureAwait(false);
        return (output.RegistryId,
            output.ReplicationConfiguration is { ValueKind: JsonValueKind.Object } configuration ? configuration.GetRawText() : null);
    }

    /// <summary>Replaces the whole replication configuration of the caller's registry.</summary>
    public async Task PutReplicationConfigurationAsync(string replicationConfiguration, CancellationToken cancellationToken)
    {
        using JsonDocument json = JsonDocument.Parse(replicationConfiguration);
        await _ecr.WriteDocumentAsync("PutReplicationConfiguration", new(json.RootElement), Json.PutReplicationConfigurationInput,
            Json.Nothing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How far the copies of an image are; empty when it is not replicated. <c>ImageNotFoundException</c> when there is no such
    /// image.</summary>
    public async Task<IReadOnlyList<ImageReplicationStatus>> DescribeImageReplicationStatusAsync(
        string repositoryName, ImageId imageId, CancellationToken cancellationToken) =>
        (await _ecr.ReadAsync("DescribeImageReplicationStatus", new(_registry, repositoryName, imageId),
            Json.DescribeImageReplicationStatusInput, Json.DescribeImageReplicationStatusOutput, cancellationToken)
            .ConfigureAwait(false)).ReplicationStatuses;

    /// <summary>How the caller's own registry scans images; ECR accepts no other registry here.</summary>
    public async Task<RegistryScanning> GetRegistryScanningConfigurationAsync(CancellationToken cancellationToken)
    {
        GetScanningOutput output =
            await _ecr.ReadAsync("GetRegistryScanningConfiguration", new(), Json.Nothing, Json.GetScanningOutput, cancellationToken)
                .ConfigureAwait(false);
        return output.ScanningConfiguration.ToScanning(output.RegistryId ?? "", _region);
    }

    /// <summary>Replaces how the caller's own registry scans images.</summary>
    public Task PutRegistryScanningConfigurationAsync(RegistryScanning scanning, CancellationToken cancellationToken) =>
        _ecr.WriteDocumentAsync("PutRegistryScanningConfiguration", WireScanning.Of(scanning), Json.WireScanning, Json.Nothing,
            cancellationToken);

    /// <summary>Begins a basic scan. <c>LimitExceededException</c> for an image that was scanned within 24 hours,
    /// <c>UnsupportedImageTypeException</c> for one that cannot be.</summary>
    public Task StartImageScanAsync(string repositoryName, ImageId imageId, CancellationToken cancellationToken) =>
        _ecr.WriteAsync("StartImageScan", new(_registry, repositoryName, imageId), Json.ScanInput, Json.Nothing,
            async token =>
                await AwsErrors.UnlessAsync("ScanNotFoundException",
                    () => DescribeImageScanFindingsAsync(repositoryName, imageId, null, token)).ConfigureAwait(false) is not null,
                    cancellationToken);

    /// <summary>A page of what a scan has found. <c>ScanNotFoundException</c> when there was none.</summary>
    /// <param name="repositoryName">The repository.</param>
    /// <param name="imageId">The image.</param>
    /// <param name="nextToken">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task<ScanPage> DescribeImageScanFindingsAsync(
        string repositoryName, ImageId imageId, string? nextToken, CancellationToken cancellationToken) =>
        _ecr.ReadAsync("DescribeImageScanFindings", new(_registry, repositoryName, imageId) { NextToken = nextToken, MaxResults = MaxPage },
            Json.ScanInput, Json.ScanPage, cancellationToken);
}

// The shapes of ECR's model, as far as they are used: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
internal sealed record Nothing;
internal sealed record RepositoryInput(string? RegistryId, string RepositoryName);
internal sealed record ScanningConfiguration(bool ScanOnPush);
internal sealed record EncryptionConfiguration(string EncryptionType, string? KmsKey);

internal sealed record ExclusionFilter(string FilterType, string Filter)
{
    public static ExclusionFilter[]? Of(IReadOnlyList<string> patterns) =>
        patterns is [] ? null : [.. patterns.Select(p => new ExclusionFilter("WILDCARD", p))];
}

internal sealed record ResourceTag([property: JsonPropertyName("Key")] string Key, [property: JsonPropertyName("Value")] string Value)
{
    public static ResourceTag[] Of(IReadOnlyDictionary<string, string> tags) => [.. tags.Select(t => new ResourceTag(t.Key, t.Value))];
}

internal sealed record CreateRepositoryInput(string? RegistryId, string RepositoryName)
{
    public ResourceTag[]? Tags { get; init; }
    public string? ImageTagMutability { get; init; }
    public ExclusionFilter[]? ImageTagMutabilityExclusionFilters { get; init; }
    public ScanningConfiguration? ImageScanningConfiguration { get; init; }
    public EncryptionConfiguration? EncryptionConfiguration { get; init; }

    public static CreateRepositoryInput Of(string repositoryName, RepositorySettings wanted, string? registryId) =>
        new(registryId, repositoryName)
    {
        Tags = wanted.Tags is { Count: > 0 } tags ? ResourceTag.Of(tags) : null,
        ImageTagMutability = wanted.ImageTagMutability,
        ImageTagMutabilityExclusionFilters = ExclusionFilter.Of(wanted.MutabilityExclusion ?? []),
        ImageScanningConfiguration = wanted.ScanOnPush is { } scan ? new(scan) : null,
        EncryptionConfiguration = wanted.EncryptionType is { } type ? new(type, wanted.KmsKey) : null,
    };
}

internal sealed record RepositoryOutput([property: JsonRequired] WireRepository Repository);
internal sealed record DeleteRepositoryOutput(WireRepository? Repository);

internal sealed record WireRepository(
    [property: JsonRequired] string RepositoryArn, [property: JsonRequired] string RegistryId,
    [property: JsonRequired] string RepositoryName, [property: JsonRequired] string RepositoryUri)
{
    public DateTimeOffset? CreatedAt { get; init; }
    public string? ImageTagMutability { get; init; }
    public ExclusionFilter[]? ImageTagMutabilityExclusionFilters { get; init; }
    public ScanningConfiguration? ImageScanningConfiguration { get; init; }
    public EncryptionConfiguration? EncryptionConfiguration { get; init; }

    public Repository ToRepository(string region) => new()
    {
        RepositoryName = RepositoryName,
        RegistryId = RegistryId,
        Region = region,
        RepositoryUri = RepositoryUri,
        RepositoryArn = RepositoryArn,
        CreatedAt = CreatedAt,
        ImageTagMutability = ImageTagMutability ?? "MUTABLE",
        MutabilityExclusion = [.. (ImageTagMutabilityExclusionFilters ?? []).Select(f => f.Filter)],
        ScanOnPush = ImageScanningConfiguration?.ScanOnPush ?? false,
        EncryptionType = EncryptionConfiguration?.EncryptionType ?? "AES256",
        KmsKey = EncryptionConfiguration?.KmsKey,
    };
}

internal sealed record DescribeRepositoriesInput(string? RegistryId, string[]? RepositoryNames, string? NextToken, int? MaxResults);
internal sealed record DescribeRepositoriesOutput([property: JsonRequired] WireRepository[] Repositories, string? NextToken);
internal sealed record PutImageTagMutabilityInput(
    string? RegistryId, string RepositoryName, string ImageTagMutability, ExclusionFilter[]? ImageTagMutabilityExclusionFilters);
internal sealed record PutImageScanningConfigurationInput(
    string? RegistryId, string RepositoryName, ScanningConfiguration ImageScanningConfiguration);
internal sealed record TagResourceInput(string ResourceArn, ResourceTag[] Tags);
internal sealed record UntagResourceInput(string ResourceArn, string[] TagKeys);
internal sealed record ListTagsInput(string ResourceArn);
internal sealed record ListTagsOutput(ResourceTag[]? Tags);
internal sealed record ImageFilter(string? TagStatus, string? ImageStatus);

internal sealed record DescribeImagesInput(string? RegistryId, string RepositoryName)
{
    public IReadOnlyList<ImageId>? ImageIds { get; init; }
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
    public ImageFilter? Filter { get; init; }
}

internal sealed record DescribeImagesOutput([property: JsonRequired] ImageDetail[] ImageDetails, string? NextToken);
internal sealed record BatchGetImageInput(
    string? RegistryId, string RepositoryName, IReadOnlyList<ImageId> ImageIds, IReadOnlyList<string>? AcceptedMediaTypes);
internal sealed record GetAuthorizationTokenInput(string[]? RegistryIds);
internal sealed record GetAuthorizationTokenOutput([property: JsonRequired] AuthorizationData[] AuthorizationData);
internal sealed record GetDownloadUrlForLayerInput(string? RegistryId, string RepositoryName, string LayerDigest);
internal sealed record GetDownloadUrlForLayerOutput([property: JsonRequired] string DownloadUrl);
internal sealed record PutLifecyclePolicyInput(string? RegistryId, string RepositoryName, string LifecyclePolicyText);
internal sealed record DeleteRepositoryInput(string? RegistryId, string RepositoryName, bool Force);

/// <summary>The token is a password: its text never shows.</summary>
internal sealed record AuthorizationData([property: JsonRequired] string AuthorizationToken,
    [property: JsonRequired] DateTimeOffset ExpiresAt, [property: JsonRequired] string ProxyEndpoint)
{
    public override string ToString() => ProxyEndpoint;
}

/// <summary>JSON 1.1 writes a time as seconds since 1970, with a fraction.</summary>
internal sealed class EpochSeconds : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(reader.GetDouble() * 1000));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000.0);
}

/// <summary>The answer of BatchDeleteImage.</summary>
internal sealed record ImageDeletion
{
    /// <summary>What is gone: a tag with its image's digest, or an image's digest.</summary>
    public IReadOnlyList<ImageId> ImageIds { get; init; } = [];

    /// <summary>What is not.</summary>
    public IReadOnlyList<ImageFailure> Failures { get; init; } = [];
}

internal sealed record BatchDeleteImageInput(string? RegistryId, string RepositoryName, IReadOnlyList<ImageId> ImageIds);

internal sealed record PutImageInput(string? RegistryId, string RepositoryName, string ImageManifest)
{
    public string? ImageManifestMediaType { get; init; }
    public string? ImageTag { get; init; }
    public string? ImageDigest { get; init; }
}

internal sealed record GetPreviewInput(string? RegistryId, string RepositoryName, string? NextToken, int MaxResults);

/// <summary>A page of a lifecycle policy preview.</summary>
/// <param name="Status">IN_PROGRESS, COMPLETE, EXPIRED or FAILED.</param>
/// <param name="LifecyclePolicyText">The policy that was looked at; another caller may have started another preview.</param>
/// <param name="NextToken">Leads to the next page.</param>
/// <param name="PreviewResults">The images that would be taken.</param>
internal sealed record LifecyclePreviewPage(
    [property: JsonRequired] string Status, string? LifecyclePolicyText, string? NextToken, IReadOnlyList<PreviewedImage>? PreviewResults);

/// <summary>An image that a policy would take.</summary>
internal sealed record PreviewedImage([property: JsonRequired] string ImageDigest, IReadOnlyList<string>? ImageTags,
    DateTimeOffset? ImagePushedAt, PreviewedAction? Action, int? AppliedRulePriority);

/// <param name="Type">EXPIRE or TRANSITION.</param>
internal sealed record PreviewedAction(string? Type);

internal sealed record SetRepositoryPolicyInput(string? RegistryId, string RepositoryName, string PolicyText);
internal sealed record PutRegistryPolicyInput(string PolicyText);
internal sealed record PolicyOutput([property: JsonRequired] string PolicyText);

internal sealed record DescribeRegistryOutput([property: JsonRequired] string RegistryId, JsonElement? ReplicationConfiguration);
internal sealed record PutReplicationConfigurationInput(JsonElement ReplicationConfiguration);
internal sealed record DescribeImageReplicationStatusInput(string? RegistryId, string RepositoryName, ImageId ImageId);
internal sealed record DescribeImageReplicationStatusOutput([property: JsonRequired] ImageReplicationStatus[] ReplicationStatuses);

/// <summary>How far a copy is.</summary>
/// <param name="Region">The destination's region.</param>
/// <param name="RegistryId">The destination's account.</param>
/// <param name="Status">IN_PROGRESS, COMPLETE or FAILED.</param>
/// <param name="FailureCode">ECR's word for why it failed.</param>
internal sealed record ImageReplicationStatus([property: JsonRequired] string Region, [property: JsonRequired] string RegistryId,
    [property: JsonRequired] string Status, string? FailureCode);

internal sealed record WireScanFilter(string Filter, string FilterType);
internal sealed record WireScanRule(string ScanFrequency, WireScanFilter[] RepositoryFilters);

internal sealed record WireScanning(string? ScanType, WireScanRule[]? Rules)
{
    public static WireScanning Of(RegistryScanning scanning) =>
        new(scanning.ScanType,
            [.. scanning.Rules.Select(r =>
                new WireScanRule(r.ScanFrequency, [.. r.RepositoryFilter.Select(f => new WireScanFilter(f, "WILDCARD"))]))]);

    public RegistryScanning ToScanning(string registryId, string region) => new()
    {
        RegistryId = registryId, Region = region, ScanType = ScanType ?? "BASIC",
        Rules = [.. (Rules ?? []).Select(r => new RegistryScanningRule(r.ScanFrequency, [.. r.RepositoryFilters.Select(f => f.Filter)]))],
    };
}

internal sealed record GetScanningOutput(string? RegistryId, [property: JsonRequired] WireScanning ScanningConfiguration);

internal sealed record ScanInput(string? RegistryId, string RepositoryName, ImageId ImageId)
{
    public string? NextToken { get; init; }
    public int? MaxResults { get; init; }
}

internal sealed record ScanPage(
    string? RegistryId, ImageId? ImageId, WireScanStatus? ImageScanStatus, WireFindings? ImageScanFindings, string? NextToken);
internal sealed record WireScanStatus(string? Status, string? Description);
internal sealed record WireFindings(DateTimeOffset? ImageScanCompletedAt, WireFinding[]? Findings, WireEnhancedFinding[]? EnhancedFindings);

/// <summary>A finding of basic scanning.</summary>
internal sealed record WireFinding(string? Name, string? Description, string? Uri, string? Severity, WireAttribute[]? Attributes);
internal sealed record WireAttribute(string Key, string? Value);

/// <summary>A finding of Amazon Inspector.</summary>
internal sealed record WireEnhancedFinding(string? Title, string? Description, string? Severity, double? Score, string? Status,
    string? Type, WireVulnerability? PackageVulnerabilityDetails);
internal sealed record WireVulnerability(string? VulnerabilityId, string? SourceUrl, WirePackage[]? VulnerablePackages);
internal sealed record WirePackage(string? Name, string? Version, string? FixedInVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(RepositoryInput))]
[JsonSerializable(typeof(CreateRepositoryInput))]
[JsonSerializable(typeof(RepositoryOutput))]
[JsonSerializable(typeof(DeleteRepositoryOutput))]
[JsonSerializable(typeof(DescribeRepositoriesInput))]
[JsonSerializable(typeof(DescribeRepositoriesOutput))]
[JsonSerializable(typeof(PutImageTagMutabilityInput))]
[JsonSerializable(typeof(PutImageScanningConfigurationInput))]
[JsonSerializable(typeof(TagResourceInput))]
[JsonSerializable(typeof(UntagResourceInput))]
[JsonSerializable(typeof(ListTagsInput))]
[JsonSerializable(typeof(ListTagsOutput))]
[JsonSerializable(typeof(DescribeImagesInput))]
[JsonSerializable(typeof(DescribeImagesOutput))]
[JsonSerializable(typeof(BatchGetImageInput))]
[JsonSerializable(typeof(ImageBatch))]
[JsonSerializable(typeof(GetAuthorizationTokenInput))]
[JsonSerializable(typeof(GetAuthorizationTokenOutput))]
[JsonSerializable(typeof(GetDownloadUrlForLayerInput))]
[JsonSerializable(typeof(GetDownloadUrlForLayerOutput))]
[JsonSerializable(typeof(LifecyclePolicyText))]
[JsonSerializable(typeof(PutLifecyclePolicyInput))]
[JsonSerializable(typeof(DeleteRepositoryInput))]
[JsonSerializable(typeof(BatchDeleteImageInput))]
[JsonSerializable(typeof(ImageDeletion))]
[JsonSerializable(typeof(PutImageInput))]
[JsonSerializable(typeof(GetPreviewInput))]
[JsonSerializable(typeof(LifecyclePreviewPage))]
[JsonSerializable(typeof(SetRepositoryPolicyInput))]
[JsonSerializable(typeof(PutRegistryPolicyInput))]
[JsonSerializable(typeof(PolicyOutput))]
[JsonSerializable(typeof(DescribeRegistryOutput))]
[JsonSerializable(typeof(PutReplicationConfigurationInput))]
[JsonSerializable(typeof(DescribeImageReplicationStatusInput))]
[JsonSerializable(typeof(DescribeImageReplicationStatusOutput))]
[JsonSerializable(typeof(WireScanning))]
[JsonSerializable(typeof(GetScanningOutput))]
[JsonSerializable(typeof(ScanInput))]
[JsonSerializable(typeof(ScanPage))]
internal sealed partial class EcrJson : JsonSerializerContext;
