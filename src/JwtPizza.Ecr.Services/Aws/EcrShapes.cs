using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

// The shapes of ECR's model, as far as they are used: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
internal sealed record Nothing;
internal sealed record RepositoryInput(string? RegistryId, string RepositoryName);
internal sealed record ScanningConfiguration(bool ScanOnPush);
internal sealed record EncryptionConfiguration(string EncryptionType, string? KmsKey);

internal sealed record ExclusionFilter(string FilterType, string Filter)
{
    public static ExclusionFilter[]? Of(IReadOnlyList<string> patterns) => patterns is [] ? null : [.. patterns.Select(p => new ExclusionFilter("WILDCARD", p))];
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

    public static CreateRepositoryInput Of(string repositoryName, RepositorySettings wanted, string? registryId) => new(registryId, repositoryName)
    {
        Tags = wanted.Tags is { Count: > 0 } tags ? ResourceTag.Of(tags) : null,
        ImageTagMutability = wanted.ImageTagMutability,
        ImageTagMutabilityExclusionFilters = ExclusionFilter.Of(wanted.MutabilityExclusion ?? []),
        ImageScanningConfiguration = wanted.ScanOnPush is { } scan ? new(scan) : null,
        EncryptionConfiguration = wanted.EncryptionType is { } type ? new(type, wanted.KmsKey) : null,
    };
}

internal sealed record RepositoryOutput([property: JsonRequired] WireRepository Repository);

internal sealed record WireRepository(
    [property: JsonRequired] string RepositoryArn, [property: JsonRequired] string RegistryId, [property: JsonRequired] string RepositoryName, [property: JsonRequired] string RepositoryUri)
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
internal sealed record PutImageTagMutabilityInput(string? RegistryId, string RepositoryName, string ImageTagMutability, ExclusionFilter[]? ImageTagMutabilityExclusionFilters);
internal sealed record PutImageScanningConfigurationInput(string? RegistryId, string RepositoryName, ScanningConfiguration ImageScanningConfiguration);
internal sealed record TagResourceInput(string ResourceArn, ResourceTag[] Tags);
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
internal sealed record BatchGetImageInput(string? RegistryId, string RepositoryName, IReadOnlyList<ImageId> ImageIds, IReadOnlyList<string>? AcceptedMediaTypes);
internal sealed record GetAuthorizationTokenInput(string[]? RegistryIds);
internal sealed record GetAuthorizationTokenOutput([property: JsonRequired] AuthorizationData[] AuthorizationData);
internal sealed record GetDownloadUrlForLayerInput(string? RegistryId, string RepositoryName, string LayerDigest);
internal sealed record GetDownloadUrlForLayerOutput([property: JsonRequired] string DownloadUrl);
internal sealed record PutLifecyclePolicyInput(string? RegistryId, string RepositoryName, string LifecyclePolicyText);
internal sealed record DeleteRepositoryInput(string? RegistryId, string RepositoryName, bool Force);

/// <summary>The token is a password: its text never shows.</summary>
internal sealed record AuthorizationData([property: JsonRequired] string AuthorizationToken, [property: JsonRequired] DateTimeOffset ExpiresAt, [property: JsonRequired] string ProxyEndpoint)
{
    public override string ToString() => ProxyEndpoint;
}

/// <summary>JSON 1.1 writes a time as seconds since 1970, with a fraction.</summary>
internal sealed class EpochSeconds : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(reader.GetDouble() * 1000));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000.0);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(RepositoryInput))]
[JsonSerializable(typeof(CreateRepositoryInput))]
[JsonSerializable(typeof(RepositoryOutput))]
[JsonSerializable(typeof(DescribeRepositoriesInput))]
[JsonSerializable(typeof(DescribeRepositoriesOutput))]
[JsonSerializable(typeof(PutImageTagMutabilityInput))]
[JsonSerializable(typeof(PutImageScanningConfigurationInput))]
[JsonSerializable(typeof(TagResourceInput))]
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
internal sealed partial class EcrShapes : JsonSerializerContext;
