using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

internal sealed record UpdateServiceInput(string Cluster, string Service, string? TaskDefinition, bool ForceNewDeployment);
internal sealed record UpdateServiceOutput([property: JsonRequired] EcsService Service);
internal sealed record ServiceTasksInput(string Cluster, string ServiceName, string DesiredStatus, string? NextToken, int MaxResults);
internal sealed record WholeTaskDefinitionInput(string TaskDefinition, string[] Include);

/// <summary>A task definition, whole, so that a copy of it loses nothing that this version does not know.</summary>
internal sealed record WholeTaskDefinition([property: JsonRequired] JsonObject TaskDefinition, JsonArray? Tags);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(UpdateServiceInput))]
[JsonSerializable(typeof(UpdateServiceOutput))]
[JsonSerializable(typeof(ServiceTasksInput))]
[JsonSerializable(typeof(ListTasksOutput))]
[JsonSerializable(typeof(WholeTaskDefinitionInput))]
[JsonSerializable(typeof(WholeTaskDefinition))]
[JsonSerializable(typeof(DescribeTaskDefinitionOutput))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EcsDeploymentShapes : JsonSerializerContext;
