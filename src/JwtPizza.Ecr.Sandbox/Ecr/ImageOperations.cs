using System.Text;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Manifests in, out and away.</summary>
internal static class ImageOperations
{
    private const int IdLimit = 100, TypeLimit = 100, ManifestLimit = 4 * 1024 * 1024;

    public static JsonObject BatchGet(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        IReadOnlyList<string>? accepted = call.Input.Texts("acceptedMediaTypes", 1, TypeLimit);
        JsonArray images = [], failures = [];
        foreach (ImageId id in Ids(call))
        {
            (StoredImage? image, ImageFailure? failure) = id.FindIn(repository);
            if (image is not null && accepted is not null && !accepted.Contains(image.Manifest.MediaType))
                failure = new("ImageNotFound", $"Requested image has the media type '{image.Manifest.MediaType}', which is none of the accepted ones");
            if (image is not null && image.StatusAt(call.World.Clock.GetUtcNow()) != "ACTIVE") failure = new("ImageNotFound", "Requested image is archived; restore it first");
            if (failure is not null) failures.Add((JsonNode)id.Json(failure));
            else images.Add((JsonNode)Json(repository, image!, id.ImageTag));
            if (image is not null && failure is null) image.PulledAt = call.World.Clock.GetUtcNow();
        }
        return Answer.Of(("images", images), ("failures", failures));
    }

    public static JsonObject BatchDelete(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        JsonArray deleted = [], failures = [];
        foreach (ImageId id in Ids(call))
        {
            (StoredImage? image, ImageFailure? failure) = id.FindIn(repository);
            bool onlyTag = image is { Tags.Count: > 1 } && id is { ImageDigest: null };
            if (image is not null && !onlyTag && repository.Images.ParentsOf(image.Digest).ToList() is { Count: > 0 } parents)
                failure = new("ImageReferencedByManifestList", $"Requested image referenced by manifest list: [{string.Join(", ", parents.Select(p => p.Digest))}]");
            if (failure is not null) failures.Add((JsonNode)id.Json(failure));
            else foreach (JsonObject gone in Delete(repository, image!, id)) deleted.Add((JsonNode)gone);
        }
        return Answer.Of(("imageIds", deleted), ("failures", failures));
    }

    public static JsonObject Put(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        byte[] content = Encoding.UTF8.GetBytes(call.Input.RequiredText("imageManifest"));
        if (content.Length is 0 or > ManifestLimit) throw JsonArguments.Invalid("imageManifest", "Member must have length between 1 and 4194304");
        Digest digest = Digest.Of(content);
        if (call.Input.Text("imageDigest") is { } said && said != digest.Value)
            throw new ApiError("ImageDigestDoesNotMatchException", $"The image digest '{said}' does not match the digest that Amazon ECR calculated for the image, '{digest}'");
        string? tag = call.Input.Text("imageTag");
        (StoredImage image, bool isNew) = repository.Images.Receive(content, call.Input.Text("imageManifestMediaType"), tag, digest);
        return isNew
            ? Answer.Of(("image", Json(repository, image, tag)))
            : throw new ApiError("ImageAlreadyExistsException",
                $"Image with digest '{digest}' and tag '{tag ?? "null"}' already exists in the repository with name '{repository.Name}' in registry with id '{call.Registry.RegistryId}'");
    }

    public static JsonObject UpdateStorageClass(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ImageId id = ImageId.Read(call.Input.Object("imageId") ?? throw JsonArguments.Missing("imageId"));
        StoredImage image = id.Require(repository);
        string target = call.Input.RequiredText("targetStorageClass");
        DateTimeOffset now = call.World.Clock.GetUtcNow();
        switch (image.StatusAt(now), target)
        {
            case ("ACTIVE", "ARCHIVE"): image.Archive(now); break;
            case ("ARCHIVED", "STANDARD"): image.Restore(now); break;
            case (_, not ("STANDARD" or "ARCHIVE")): throw JsonArguments.Invalid("targetStorageClass", "Member must satisfy enum value set: [STANDARD, ARCHIVE]");
            case (var status, _): throw new ApiError("ImageStorageClassUpdateNotSupportedException", $"The image with imageId {id} is {status} and cannot be moved to {target}");
        }
        return Answer.Of(
            ("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name),
            ("imageId", id.Json()), ("imageStatus", image.StatusAt(now)));
    }

    private static IEnumerable<ImageId> Ids(EcrCall call) =>
        (call.Input.Objects("imageIds", 1, IdLimit) ?? throw JsonArguments.Missing("imageIds")).Select(ImageId.Read);

    private static JsonObject Json(StoredRepository repository, StoredImage image, string? tag) => Answer.Of(
        ("registryId", repository.Registry.RegistryId),
        ("repositoryName", repository.Name),
        ("imageId", ImageId.Json(image.Digest.Value, tag)),
        ("imageManifest", Encoding.UTF8.GetString(image.Content)),
        ("imageManifestMediaType", image.Manifest.MediaType));

    /// <summary>By tag alone: that tag. By digest: the image with all its tags.</summary>
    private static List<JsonObject> Delete(StoredRepository repository, StoredImage image, ImageId id)
    {
        if (id is { ImageDigest: null, ImageTag: { } tag })
        {
            repository.Images.RemoveTag(image, tag);
            return [ImageId.Json(image.Digest.Value, tag)];
        }
        repository.Images.Remove(image);
        return image.Tags.Count == 0 ? [ImageId.Json(image.Digest.Value, null)] : [.. image.Tags.Select(t => ImageId.Json(image.Digest.Value, t))];
    }
}
