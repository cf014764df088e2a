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
                throw new ApiError("InvalidParameterException",
                    "Invalid parameter: maxResults and nextToken cannot be used when you specify images with imageIds.");
            return Answer.Of(
                ("imageDetails",
                    ids.Select(id => ImageId.Read(id).Require(repository)).Distinct().Select(i => Json(repository, i)).Array()));
        }
        Page<StoredImage> page = Page.Of(Filtered(repository, call), call, Key);
        return Answer.Of(("imageDetails", page.Items.Select(i => Json(repository, i)).Array()), ("nextToken", page.NextToken));
    }

    public static JsonObject List(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        IEnumerable<(StoredImage Image, string? Tag)> ids =
            Filtered(repository, call).SelectMany(i => i.Tags.Count == 0 ? [(i, null)] : i.Tags.Select(t => (i, (string?)t)));
        var page = Page.Of(ids, call, id => $"{Key(id.Image)}/{id.Tag}");
        return Answer.Of(("imageIds", page.Items.Select(id => ImageId.Json(id.Image.Digest.Value, id.Tag)).Array()),
            ("nextToken", page.NextToken));
    }

    public static JsonObject Referrers(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        string subject = (call.Input.Object("subjectId") ?? throw JsonArguments.Missing("subjectId")).RequiredText("imageDigest");
        if (!Digest.TryParse(subject, out Digest digest))
            throw JsonArguments.Invalid("subjectId", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        IReadOnlyList<string>? types = call.Input.Object("filter")?.Texts("artifactTypes", 0, 5);
        string status = call.Input.Object("filter")?.Text("artifactStatus") ?? "ACTIVE";
        DateTimeOffset now = Now(repository);
        IEnumerable<StoredImage> found = repository.Images.ReferrersOf(digest)
            .Where(i => (types is not { Count: > 0 } || types.Contains(i.ArtifactType)) && (status == "ANY" || status == i.StatusAt(now)));
        Page<StoredImage> page = Page.Of(found, call, Key, ReferrerLimit, ReferrerLimit);
        return Answer.Of(("referrers", page.Items.Select(i => Referrer(i, now)).Array()), ("nextToken", page.NextToken));
    }

    public static JsonObject Json(StoredRepository repository, StoredImage image) => Answer.Of(
        ("registryId", repository.Registry.RegistryId),
        ("repositoryName", repository.Name),
        ("imageDigest", image.Digest.Value),
        ("imageTags", image.Tags.Count == 0 ? null : image.Tags.Array()),
        ("imageSizeInBytes", image.Size),
        ("imagePushedAt", image.PushedAt.Json()),
        ("imageScanStatus", image.Marks.ScannedAt is null ? null : Answer.Of(("status", "COMPLETE"))),
        ("imageManifestMediaType", image.Manifest.MediaType),
        ("artifactMediaType", image.ArtifactType),
        ("lastRecordedPullTime", image.Marks.PulledAt?.Json()),
        ("subjectManifestDigest", image.Manifest.Subject?.Digest.Value),
        ("imageStatus", image.StatusAt(Now(repository))),
        ("lastArchivedAt", image.Marks.LastArchivedAt?.Json()),
        ("lastActivatedAt", image.Marks.LastActivatedAt?.Json()));

    private static JsonObject Referrer(StoredImage image, DateTimeOffset now) => Answer.Of(
        ("digest", image.Digest.Value),
        ("mediaType", image.Manifest.MediaType),
        ("artifactType", image.ArtifactType),
        ("size", image.Content.Length),
        ("annotations", Answer.Of([.. image.Manifest.Annotations.Select(a => (a.Key, (JsonNode?)a.Value))])),
        ("artifactStatus", image.StatusAt(now)));

    private static IEnumerable<StoredImage> Filtered(StoredRepository repository, EcrCall call)
    {
        JsonArguments? filter = call.Input.Object("filter");
        string status =
            filter?.Text("imageStatus") is { } s ? Known("imageStatus", s, ["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"]) : "ACTIVE";
        string tags = filter?.Text("tagStatus") is { } t ? Known("tagStatus", t, ["TAGGED", "UNTAGGED", "ANY"]) : "ANY";
        DateTimeOffset now = Now(repository);
        return repository.Images.All.Where(i =>
            (status == "ANY" || status == i.StatusAt(now)) && (tags == "ANY" || tags == "TAGGED" == i.Tags.Count > 0));
    }

    private static string Known(string member, string value, string[] allowed) =>
        allowed.Contains(value) ? value
            : throw JsonArguments.Invalid("filter." + member, $"Member must satisfy enum value set: [{string.Join(", ", allowed)}]");

    private static DateTimeOffset Now(StoredRepository repository) => repository.Registry.World.Clock.GetUtcNow();

    private static string Key(StoredImage image) => image.Order.ToString("D19", CultureInfo.InvariantCulture);
}
