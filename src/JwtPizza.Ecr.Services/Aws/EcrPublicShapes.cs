using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

// The shapes of ECR Public's model, as far as they are used and differ from ECR's: https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_Operations.html
internal sealed record PublicCreateRepositoryInput(string RepositoryName, CatalogDataInput? CatalogData, ResourceTag[]? Tags);
internal sealed record PublicRepositoryOutput([property: JsonRequired] WirePublicRepository Repository, CatalogDataOutput? CatalogData);
internal sealed record PublicDescribeRepositoriesOutput([property: JsonRequired] WirePublicRepository[] Repositories, string? NextToken);
internal sealed record PutCatalogDataInput(string? RegistryId, string RepositoryName, CatalogDataInput CatalogData);
internal sealed record GetCatalogDataOutput([property: JsonRequired] CatalogDataOutput CatalogData);
internal sealed record PublicDescribeImagesInput(string? RegistryId, string RepositoryName, IReadOnlyList<ImageId>? ImageIds, string? NextToken, int? MaxResults);
internal sealed record DescribeRegistriesOutput([property: JsonRequired] WireRegistry[] Registries);
internal sealed record WireRegistry([property: JsonRequired] string RegistryId, [property: JsonRequired] string RegistryUri);
internal sealed record PublicAuthorizationTokenOutput([property: JsonRequired] PublicAuthorizationData AuthorizationData);

internal sealed record CatalogDataInput(string? Description, string? AboutText, string? UsageText, string[]? OperatingSystems, string[]? Architectures, byte[]? LogoImageBlob)
{
    public static CatalogDataInput Of(RepositoryCatalog catalog) => new(catalog.Description, catalog.AboutText, catalog.UsageText, catalog.OperatingSystem, catalog.Architecture, catalog.Logo);
}

internal sealed record CatalogDataOutput(string? Description, string? AboutText, string? UsageText, string[]? OperatingSystems, string[]? Architectures, string? LogoUrl)
{
    public RepositoryCatalog ToCatalog() => new() { Description = Description, AboutText = AboutText, UsageText = UsageText, OperatingSystem = OperatingSystems, Architecture = Architectures, LogoUrl = LogoUrl };
}

internal sealed record WirePublicRepository(
    [property: JsonRequired] string RepositoryArn, [property: JsonRequired] string RegistryId, [property: JsonRequired] string RepositoryName, [property: JsonRequired] string RepositoryUri)
{
    public DateTimeOffset? CreatedAt { get; init; }

    public Repository ToRepository() => new()
    {
        IsPublic = true,
        RepositoryName = RepositoryName,
        RegistryId = RegistryId,
        Region = Partition.PublicRegion,
        RepositoryUri = RepositoryUri,
        RepositoryArn = RepositoryArn,
        CreatedAt = CreatedAt,
    };
}

/// <summary>The token is a password: its text never shows.</summary>
internal sealed record PublicAuthorizationData([property: JsonRequired] string AuthorizationToken, [property: JsonRequired] DateTimeOffset ExpiresAt)
{
    public override string ToString() => $"until {ExpiresAt:u}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(RepositoryInput))]
[JsonSerializable(typeof(PublicCreateRepositoryInput))]
[JsonSerializable(typeof(PublicRepositoryOutput))]
[JsonSerializable(typeof(DescribeRepositoriesInput))]
[JsonSerializable(typeof(PublicDescribeRepositoriesOutput))]
[JsonSerializable(typeof(PutCatalogDataInput))]
[JsonSerializable(typeof(GetCatalogDataOutput))]
[JsonSerializable(typeof(DeleteRepositoryInput))]
[JsonSerializable(typeof(TagResourceInput))]
[JsonSerializable(typeof(ListTagsInput))]
[JsonSerializable(typeof(ListTagsOutput))]
[JsonSerializable(typeof(PublicDescribeImagesInput))]
[JsonSerializable(typeof(DescribeImagesOutput))]
[JsonSerializable(typeof(DescribeRegistriesOutput))]
[JsonSerializable(typeof(PublicAuthorizationTokenOutput))]
internal sealed partial class EcrPublicShapes : JsonSerializerContext;
