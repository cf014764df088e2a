using System.Text.Json;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

internal sealed record DescribeRegistryOutput([property: JsonRequired] string RegistryId, JsonElement? ReplicationConfiguration);
internal sealed record PutReplicationConfigurationInput(JsonElement ReplicationConfiguration);
internal sealed record DescribeImageReplicationStatusInput(string? RegistryId, string RepositoryName, ImageId ImageId);
internal sealed record DescribeImageReplicationStatusOutput([property: JsonRequired] ImageReplicationStatus[] ReplicationStatuses);

/// <summary>How far a copy is.</summary>
/// <param name="Region">The destination's region.</param>
/// <param name="RegistryId">The destination's account.</param>
/// <param name="Status">IN_PROGRESS, COMPLETE or FAILED.</param>
/// <param name="FailureCode">ECR's word for why it failed.</param>
public sealed record ImageReplicationStatus([property: JsonRequired] string Region, [property: JsonRequired] string RegistryId, [property: JsonRequired] string Status, string? FailureCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(DescribeRegistryOutput))]
[JsonSerializable(typeof(PutReplicationConfigurationInput))]
[JsonSerializable(typeof(DescribeImageReplicationStatusInput))]
[JsonSerializable(typeof(DescribeImageReplicationStatusOutput))]
internal sealed partial class EcrReplicationShapes : JsonSerializerContext;
