using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>The errors for single images of a batch, which ECR reports in an answer that is otherwise a success. Their ids are ECR's
/// failure codes.</summary>
internal static class ImageFailures
{
    /// <summary>The code for an image that an index needs.</summary>
    public const string Referenced = "ImageReferencedByManifestList";

    /// <summary>The error of one image.</summary>
    public static PizzaException Of(ImageFailure failure, string repositoryName)
    {
        string image = failure.ImageId is { } id ? Name(id) : "an image", code = failure.FailureCode ?? "UnknownFailure";
        (PizzaErrorKind kind, string next) = code switch
        {
            Referenced => (PizzaErrorKind.InvalidOperation, "An index (one image for several platforms) needs it. " +
                "Remove the index first, or both in one pipeline: Get-PizzaImage -IncludeChildren shows which belongs to which."),
            "ImageNotFound" => (PizzaErrorKind.NotFound, $"{Advice.Run("Get-PizzaImage", repositoryName)} lists what there is."),
            "ImageTagDoesNotMatchDigest" =>
                (PizzaErrorKind.InvalidOperation, "The tag has moved to another image in the meantime; check it with Get-PizzaImage."),
            "InvalidImageDigest" or "InvalidImageTag" or "MissingDigestAndTag" =>
                (PizzaErrorKind.InvalidArgument, "Name the image by a tag, or by its whole digest."),
            "KmsError" =>
                (PizzaErrorKind.InvalidOperation, "ECR could not use the KMS key of the repository; check the key's state and policy."),
            "UpstreamAccessDenied" => (PizzaErrorKind.PermissionDenied,
                "The upstream registry of the pull-through cache refuses the request; check its credentials in Secrets Manager."),
            "UpstreamTooManyRequests" or "UpstreamUnavailable" =>
                (PizzaErrorKind.Unavailable, "That is the upstream registry of the pull-through cache; try again later."),
            _ => (PizzaErrorKind.InvalidOperation, "Check it with Get-PizzaImage, and try again."),
        };
        return new(code, kind, $"{image} of '{repositoryName}': {failure.FailureReason?.TrimEnd('.') ?? code}. {next}",
            $"{repositoryName}{(failure.ImageId is { ImageTag: { } tag } ? ":" + tag : "@" + failure.ImageId?.ImageDigest)}");
    }

    /// <summary>The error for an image that is not there.</summary>
    public static PizzaException Missing(ImageId id, string repositoryName) =>
        Of(new() { ImageId = id, FailureCode = "ImageNotFound", FailureReason = "there is no such image" }, repositoryName);

    private static string Name(ImageId id) => id.ImageTag is { } tag ? $"The tag '{tag}'" : $"The image {id.ImageDigest}";
}
