using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Why an image of a batch was not found or not deleted; the call as a whole succeeds.</summary>
internal sealed record ImageFailure(string Code, string Reason);

/// <summary>A caller's name for an image: a digest, a tag, or both.</summary>
internal sealed record ImageId(string? ImageDigest, string? ImageTag)
{
    private const int TagLimit = 300;   // the API's; the registry's own is 128

    public static ImageId Read(JsonArguments id) => id.Text("imageTag") is { Length: 0 or > TagLimit }
        ? throw JsonArguments.Invalid("imageIds", "Member must have length between 1 and 300")
        : new(id.Text("imageDigest"), id.Text("imageTag"));

    /// <summary>The image, or why there is none.</summary>
    public (StoredImage? Image, ImageFailure? Failure) FindIn(StoredRepository repository)
    {
        if (ImageDigest is null && ImageTag is null)
            return Fail("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
        if (ImageTag is not null && !JwtPizza.Ecr.ImageTag.IsLegal(ImageTag))
            return Fail("InvalidImageTag",
                "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}'");
        if (ImageDigest is not null && !JwtPizza.Ecr.Digest.TryParse(ImageDigest, out _))
            return Fail("InvalidImageDigest",
                "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        StoredImage? byDigest = ImageDigest is null ? null : repository.Images.Find(JwtPizza.Ecr.Digest.Parse(ImageDigest));
        StoredImage? byTag = ImageTag is null ? null : repository.Images.Find(ImageTag);
        if ((ImageDigest is not null && byDigest is null) || (ImageTag is not null && byTag is null))
            return Fail("ImageNotFound", "Requested image not found");
        return byDigest is not null && byTag is not null && byDigest != byTag
            ? Fail("ImageTagDoesNotMatchDigest", $"Requested tag '{ImageTag}' does not have the requested digest '{ImageDigest}'")
            : (byDigest ?? byTag, null);
    }

    /// <summary>The image, where there must be one.</summary>
    public StoredImage Require(StoredRepository repository) => FindIn(repository).Image ?? throw new ApiError(
        "ImageNotFoundException", $"The image with imageId {this} does not exist within the repository with name '{repository.Name}' in " +
            $"the registry with id '{repository.Registry.RegistryId}'");

    public JsonObject Json() => Json(ImageDigest, ImageTag);

    public static JsonObject Json(string? digest, string? tag) => Answer.Of(("imageDigest", digest), ("imageTag", tag));

    public JsonObject Json(ImageFailure failure) =>
        Answer.Of(("imageId", Json()), ("failureCode", failure.Code), ("failureReason", failure.Reason));

    /// <summary>As ECR writes it in messages.</summary>
    public override string ToString() => $"{{imageDigest:'{ImageDigest ?? "null"}', imageTag:'{ImageTag ?? "null"}'}}";

    private static (StoredImage?, ImageFailure?) Fail(string code, string reason) => (null, new(code, reason));
}
