using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The answer of BatchDeleteImage.</summary>
public sealed record ImageDeletion
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchDeleteImageInput))]
[JsonSerializable(typeof(ImageDeletion))]
[JsonSerializable(typeof(PutImageInput))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class EcrImageShapes : JsonSerializerContext;
