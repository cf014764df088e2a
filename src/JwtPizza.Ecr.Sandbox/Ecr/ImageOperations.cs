using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Manifests in, out and away.</summary>
internal static class ImageOperations
{
    private const int IdLimit = 100, TypeLimit = 100, ManifestLimit = 4 * 1024 * 1024;

    public static async Task<JsonObject> BatchGetAsync(EcrCall call, CancellationToken cancellationToken)
    {
        PullThroughCache cache = new(call.Registry, call.NewRepositoryName());
        foreach (ImageId id in Ids(call))
            // one that cannot be had is not there
            if ((id.ImageDigest ?? id.ImageTag) is { } reference) await cache.FillAsync(reference, cancellationToken).ConfigureAwait(false);
        return call.Registry.Run(() => BatchGet(call), writes: false);
    }

    private static JsonObject BatchGet(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        IReadOnlyList<string>? accepted = call.Input.Texts("acceptedMediaTypes", 1, TypeLimit);
        JsonArray images = [], failures = [];
        foreach (ImageId id in Ids(call))
        {
            (StoredImage? image, ImageFailure? failure) = id.FindIn(repository);
            if (image is not null && ManifestFormats.For(image, accepted ?? [], byTag: id.ImageDigest is null) is null)
                failure = new("ImageNotFound",
                    $"Requested image has the media type '{image.Manifest.MediaType}', which is none of the accepted ones");
            if (image is not null && image.StatusAt(call.World.Clock.GetUtcNow()) != "ACTIVE")
                failure = new("ImageNotFound", "Requested image is archived; restore it first");
            if (failure is not null) failures.Add((JsonNode)id.Json(failure));
            else images.Add(
                (JsonNode)Json(repository, image!, id.ImageTag,
                    ManifestFormats.For(image!, accepted ?? [], byTag: id.ImageDigest is null)!.Value));
            if (image is not null && failure is null) repository.Pulled(image, call.Caller);
        }
        return Answer.Of(("images", images), ("failures", failures));
    }

    public static JsonObject BatchDelete(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        JsonArray deleted = [], failures = [];
        foreach (ImageId id in Ids(call))
        {
            (IReadOnlyList<ImageId> gone, ImageFailure? failure) = Delete(repository, id);
            if (failure is not null) failures.Add((JsonNode)id.Json(failure));
            foreach (ImageId image in gone) deleted.Add((JsonNode)image.Json());
        }
        return Answer.Of(("imageIds", deleted), ("failures", failures));
    }

    public static JsonObject Put(EcrCall call)
    {
        CreationTemplate.CreateForPush(call.Registry, call.NewRepositoryName());
        StoredRepository repository = call.Repository();
        byte[] content = Encoding.UTF8.GetBytes(call.Input.RequiredText("imageManifest"));
        if (content.Length is 0 or > ManifestLimit)
            throw JsonArguments.Invalid("imageManifest", "Member must have length between 1 and 4194304");
        Digest digest = Digest.Of(content);
        if (call.Input.Text("imageDigest") is { } said && said != digest.Value)
            throw new ApiError("ImageDigestDoesNotMatchException",
                $"The image digest '{said}' does not match the digest that Amazon ECR calculated for the image, '{digest}'");
        string? tag = call.Input.Text("imageTag"), type = call.Input.Text("imageManifestMediaType");
        (StoredImage image, bool isNew) = repository.Images.Receive(content, type ?? TypeIn(content), tag, digest);
        return isNew
            ? Answer.Of(("image", Json(repository, image, tag, (image.Content, image.Manifest.MediaType))))
            : throw new ApiError("ImageAlreadyExistsException",
                $"Image with digest '{digest}' and tag '{tag ?? "null"}' already exists in the repository with name '{repository.Name}' " +
                $"in registry with id '{call.Registry.RegistryId}'");
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
            case ("ACTIVE", "ARCHIVE"): repository.Images.Mark(image, m => StoredImage.Archive(m, now)); break;
            case ("ARCHIVED", "STANDARD"): repository.Images.Mark(image, m => StoredImage.Restore(m, now)); break;
            case (_, not ("STANDARD"
                or "ARCHIVE")): throw JsonArguments.Invalid("targetStorageClass",
                    "Member must satisfy enum value set: [STANDARD, ARCHIVE]");
            case (var status, _): throw new ApiError("ImageStorageClassUpdateNotSupportedException",
                $"The image with imageId {id} is {status} and cannot be moved to {target}");
        }
        return Answer.Of(
            ("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name),
            ("imageId", id.Json()), ("imageStatus", image.StatusAt(now)));
    }

    private static string TypeIn(byte[] manifest)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(manifest);
            if (json.RootElement.TryGetProperty("mediaType", out JsonElement type) && type.ValueKind == JsonValueKind.String)
                return type.GetString()!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw JsonArguments.Invalid("ImageManifest", "Invalid JSON syntax");
        }
        throw new ApiError("InvalidParameterException", "image manifest mediatype not provided in manifest or parameter");
    }

    private static IEnumerable<ImageId> Ids(EcrCall call) =>
        (call.Input.Objects("imageIds", 1, IdLimit) ?? throw JsonArguments.Missing("imageIds")).Select(ImageId.Read);

    private static JsonObject Json(StoredRepository repository, StoredImage image, string? tag, (byte[] Content, string MediaType) form) =>
        Answer.Of(
        ("registryId", repository.Registry.RegistryId),
        ("repositoryName", repository.Name),
        ("imageId", ImageId.Json(form.Content == image.Content ? image.Digest.Value : Digest.Of(form.Content).Value, tag)),
        ("imageManifest", Encoding.UTF8.GetString(form.Content)),
        ("imageManifestMediaType", form.MediaType));

    /// <summary>By tag alone: that tag, and the image if it was its last. By digest: the image with all its tags. Says what is gone, or why
    /// nothing is.</summary>
    public static (IReadOnlyList<ImageId> Gone, ImageFailure? Failure) Delete(StoredRepository repository, ImageId id)
    {
        (StoredImage? image, ImageFailure? failure) = id.FindIn(repository);
        if (image is null || failure is not null) return ([], failure);
        string? tag = id.ImageDigest is null ? id.ImageTag : null;
        if ((tag is null || image.Tags.Count == 1) && repository.Images.ParentsOf(image.Digest).ToList() is { Count: > 0 } parents)
            return ([],
                new("ImageReferencedByManifestList",
                    $"Requested image referenced by manifest list: [{string.Join(", ", parents.Select(p => p.Digest))}]"));
        List<string?> tags = tag is not null ? [tag] : image.Tags.Count == 0 ? [null] : [.. image.Tags];
        if (tag is not null) repository.Images.RemoveTag(image, tag);
        else repository.Images.Remove(image);
        foreach (string? gone in tags) EcrEvents.Deleted(repository, image, gone);
        return ([.. tags.Select(t => new ImageId(image.Digest.Value, t))], null);
    }
}
