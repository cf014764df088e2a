using System.Globalization;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What ECR tells Amazon EventBridge: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html</summary>
internal static class EcrEvents
{
    public static void Pushed(StoredRepository repository, StoredImage image, string? tag) =>
        Tell(repository, "ECR Image Action", [], Action("PUSH", repository, image, tag));

    public static void Deleted(StoredRepository repository, StoredImage image, string? tag) =>
        Tell(repository, "ECR Image Action", [], Action("DELETE", repository, image, tag));

    public static void Scanned(StoredRepository repository, StoredImage image)
    {
        JsonObject counts = Answer.Of([.. ScanFinding.Of(image).GroupBy(f => f.Severity).Select(g => (g.Key, (JsonNode?)g.Count()))]);
        Tell(repository, "ECR Image Scan", [repository.Arn], Answer.Of(
            ("scan-status", "COMPLETE"), ("repository-name", repository.Name), ("finding-severity-counts", counts),
            ("image-digest", image.Digest.Value), ("image-tags", image.Tags.Array())));
    }

    public static void Replicated(StoredRepository target, EcrRegistry source, StoredImage image, string? tag) =>
        Tell(target, "ECR Replication Action", [target.Arn], Answer.Of(
        ("result", "SUCCESS"), ("repository-name", target.Name), ("image-digest", image.Digest.Value),
        ("source-account", source.RegistryId), ("action-type", "REPLICATE"),
        ("source-region", source.Region), ("image-tag", tag)));

    public static void PulledThrough(StoredRepository repository, PullThroughRule rule, Digest digest, string? tag) =>
        Tell(repository, "ECR Pull Through Cache Action", [repository.Arn], Answer.Of(
        ("rule-version", "1"), ("sync-status", "SUCCESS"), ("ecr-repository-prefix", rule.Prefix), ("repository-name", repository.Name),
        ("upstream-registry-url", rule.UpstreamUrl),
        ("image-tag", tag), ("image-digest", digest.Value)));

    private static JsonObject Action(string type, StoredRepository repository, StoredImage image, string? tag) => Answer.Of(
        ("result", "SUCCESS"), ("repository-name", repository.Name), ("image-digest", image.Digest.Value), ("action-type", type),
        ("image-tag", tag),
        ("manifest-media-type", image.Manifest.MediaType), ("artifact-media-type", image.ArtifactType));

    private static void Tell(StoredRepository repository, string type, string[] resources, JsonObject detail)
    {
        EcrRegistry registry = repository.Registry;
        if (registry.IsPublic) return;   // ECR Public tells nothing
        registry.Tell(new JsonObject
        {
            ["version"] = "0", ["id"] = Guid.NewGuid().ToString(), ["detail-type"] = type, ["source"] = "aws.ecr",
            ["account"] = registry.RegistryId,
            ["time"] = registry.World.Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["region"] = registry.Region,
            ["resources"] = resources.Array(), ["detail"] = detail,
        });
    }
}
