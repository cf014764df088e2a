using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

internal sealed record SetRepositoryPolicyInput(string? RegistryId, string RepositoryName, string PolicyText);
internal sealed record PutRegistryPolicyInput(string PolicyText);
internal sealed record PolicyOutput([property: JsonRequired] string PolicyText);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(RepositoryInput))]
[JsonSerializable(typeof(SetRepositoryPolicyInput))]
[JsonSerializable(typeof(PutRegistryPolicyInput))]
[JsonSerializable(typeof(PolicyOutput))]
internal sealed partial class EcrPolicyShapes : JsonSerializerContext;
