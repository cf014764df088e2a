using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What images there are.</summary>
internal static class ImageListings
{
    private const int IdLimit = 100, ReferrerLimit = 50;

    public static JsonObject Describe(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        if (call.Input.Objects("imageIds", 1, IdLimit) is { } ids)
        {
            if (call.Input.Number("maxResults", 1, int.MaxValue) is not null || call.Input.Text("nextToken") is not null)
                throw new ApiError("InvalidParameterException", "Invalid parameter: maxResults and nextToken cannot be used when you specify images with imageIds.");
            return Answer.Of(("imageDetails", ids.Select(id => Find(repository, id)).Distinct().Select(i => Json(repository, i)).Array()));
        }
        Page<StoredImage> page = Page.Of(Filtered(repository, call), call, Key);
        return Answer.Of(("imageDetails", page.Items.Select(i => Json(repository, i)).Array()), ("nextToken", page.NextToken));
    }

    public static JsonObject List(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        IEnumerable<(StoredImage Image, string? Tag)> ids = Filtered(repository, call).SelectMany(i => i.Tags.Count == 0 ? [(i, null)] : i.Tags.Select(t => (i, (string?)t)));
        var page = Page.Of(ids, call, id => $"{Key(id.Image)}/{id.Tag}");
        return Answer.Of(("imageIds", page.Items.Select(id => ImageId.Json(id.Image.Digest.Value, id.Tag)).Array()), ("nextToken", page.NextToken));
    }

    public static JsonObject Referrers(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        string subject = (call.Input.Object("subjectId") ?? throw JsonArguments.Missing("subjectId")).RequiredText("imageDigest");
        if (!Digest.TryParse(subject, out Digest digest)) throw JsonArguments.Invalid("subjectId", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        IReadOnlyList<string>? types = call.Input.Object("filter")?.Texts("artifactTypes", 0, 5);
        bool archived = call.Input.Object("filter")?.Text("artifactStatus") is "ARCHIVED" or "ACTIVATING";
        IEnumerable<StoredImage> found = archived ? [] : repository.Images.ReferrersOf(digest).Where(i => types is not { Count: > 0 } || types.Contains(i.Manifest.ArtifactType));
        Page<StoredImage> page = Page.Of(found, call, Key, ReferrerLimit, ReferrerLimit);
        return Answer.Of(("referrers", page.Items.Select(Referrer).Array()), ("nextToken", page.NextToken));
    }

    private static JsonObject Json(StoredRepository repository, StoredImage image) => Answer.Of(
        ("registryId", repository.Registry.RegistryId),
        ("repositoryName", repository.Name),
        ("imageDigest", image.Digest.Value),
        ("imageTags", image.Tags.Count == 0 ? null : image.Tags.Array()),
        ("imageSizeInBytes", image.Size),
        ("imagePushedAt", image.PushedAt.Json()),
        ("imageManifestMediaType", image.Manifest.MediaType),
        ("artifactMediaType", image.Manifest.ArtifactType ?? image.Manifest.Config?.MediaType),
        ("lastRecordedPullTime", image.PulledAt?.Json()),
        ("subjectManifestDigest", image.Manifest.Subject?.Digest.Value),
        ("imageStatus", "ACTIVE"));

    private static JsonObject Referrer(StoredImage image) => Answer.Of(
        ("digest", image.Digest.Value),
        ("mediaType", image.Manifest.MediaType),
        ("artifactType", image.Manifest.ArtifactType),
        ("size", image.Content.Length),
        ("annotations", Answer.Of([.. image.Manifest.Annotations.Select(a => (a.Key, (JsonNode?)a.Value))])),
        ("artifactStatus", "ACTIVE"));

    private static StoredImage Find(StoredRepository repository, JsonArguments id)
    {
        ImageId wanted = ImageId.Read(id);
        (StoredImage? image, ImageFailure? failure) = wanted.FindIn(repository);
        return failure is null
            ? image!
            : throw new ApiError("ImageNotFoundException",
                $"The image with imageId {wanted} does not exist within the repository with name '{repository.Name}' in the registry with id '{repository.Registry.RegistryId}'");
    }

    private static IEnumerable<StoredImage> Filtered(StoredRepository repository, EcrCall call)
    {
        JsonArguments? filter = call.Input.Object("filter");
        if (filter?.Text("imageStatus") is { } status && Known("imageStatus", status, ["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"]) is "ARCHIVED" or "ACTIVATING") return [];
        return (filter?.Text("tagStatus") is { } tags ? Known("tagStatus", tags, ["TAGGED", "UNTAGGED", "ANY"]) : "ANY") switch
        {
            "TAGGED" => repository.Images.All.Where(i => i.Tags.Count > 0),
            "UNTAGGED" => repository.Images.All.Where(i => i.Tags.Count == 0),
            _ => repository.Images.All,
        };
    }

    private static string Known(string member, string value, string[] allowed) =>
        allowed.Contains(value) ? value : throw JsonArguments.Invalid("filter." + member, $"Member must satisfy enum value set: [{string.Join(", ", allowed)}]");

    private static string Key(StoredImage image) => image.Order.ToString("D19", CultureInfo.InvariantCulture);
}
