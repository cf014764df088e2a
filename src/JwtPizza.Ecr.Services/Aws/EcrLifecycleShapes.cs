using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Aws;

internal sealed record GetPreviewInput(string? RegistryId, string RepositoryName, string? NextToken, int MaxResults);

/// <summary>A page of a lifecycle policy preview.</summary>
/// <param name="Status">IN_PROGRESS, COMPLETE, EXPIRED or FAILED.</param>
/// <param name="LifecyclePolicyText">The policy that was looked at; another caller may have started another preview.</param>
/// <param name="NextToken">Leads to the next page.</param>
/// <param name="PreviewResults">The images that would be taken.</param>
internal sealed record LifecyclePreviewPage([property: JsonRequired] string Status, string? LifecyclePolicyText, string? NextToken, IReadOnlyList<PreviewedImage>? PreviewResults);

/// <summary>An image that a policy would take.</summary>
internal sealed record PreviewedImage([property: JsonRequired] string ImageDigest, IReadOnlyList<string>? ImageTags, DateTimeOffset? ImagePushedAt, PreviewedAction? Action, int? AppliedRulePriority);

/// <param name="Type">EXPIRE or TRANSITION.</param>
internal sealed record PreviewedAction(string? Type);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(EpochSeconds)])]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(PutLifecyclePolicyInput))]
[JsonSerializable(typeof(GetPreviewInput))]
[JsonSerializable(typeof(LifecyclePreviewPage))]
internal sealed partial class EcrLifecycleShapes : JsonSerializerContext;
