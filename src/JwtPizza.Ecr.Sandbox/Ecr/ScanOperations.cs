using System.Globalization;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Scanning. The findings are invented, and always the same for the same image, so that tests can rely on them.</summary>
internal static class ScanOperations
{
    private const int RuleLimit = 2, RepositoryLimit = 25;
    private static readonly TimeSpan s_between = TimeSpan.FromHours(24);
    private static readonly string[] s_severities = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"];

    public static JsonObject PutConfiguration(EcrCall call)
    {
        string type = call.Input.Text("scanType") ?? call.Registry.Scanning.Type;
        if (type is not ("BASIC" or "ENHANCED")) throw JsonArguments.Invalid("scanType", "Member must satisfy enum value set: [BASIC, ENHANCED]");
        List<ScanningRule> rules = [.. (call.Input.Objects("rules", 0, RuleLimit) ?? []).Select(r => ScanningRule.Read(r, type))];
        if (rules.DistinctBy(r => r.Frequency).Count() < rules.Count) throw JsonArguments.Invalid("rules", "Each scan frequency can have one rule");
        call.Registry.Scanning = new(type, rules);
        return Answer.Of(("registryScanningConfiguration", call.Registry.Scanning.Json()));
    }

    public static JsonObject GetConfiguration(EcrCall call) =>
        Answer.Of(("registryId", call.Registry.RegistryId), ("scanningConfiguration", call.Registry.Scanning.Json()));

    public static JsonObject BatchGetOfRepositories(EcrCall call)
    {
        JsonArray found = [], failures = [];
        foreach (string name in call.Input.Texts("repositoryNames", 1, RepositoryLimit) ?? throw JsonArguments.Missing("repositoryNames"))
        {
            if (call.Registry.Repositories.TryGetValue(EcrCall.CheckName("repositoryNames", name), out StoredRepository? repository)) found.Add((JsonNode)Json(repository));
            else failures.Add((JsonNode)Answer.Of(("repositoryName", name), ("failureCode", "REPOSITORY_NOT_FOUND"), ("failureReason", $"The repository with name '{name}' does not exist in the registry with id '{call.Registry.RegistryId}'")));
        }
        return Answer.Of(("scanningConfigurations", found), ("failures", failures));
    }

    public static JsonObject Start(EcrCall call)
    {
        (StoredRepository repository, ImageId id, StoredImage image) = Find(call);
        if (call.Registry.Scanning.Type == "ENHANCED") throw new ApiError("ValidationException", "This feature is disabled");
        if (image.Manifest.IsIndex) throw new ApiError("UnsupportedImageTypeException", $"The image with imageId {id} is a manifest list, which cannot be scanned; scan its images");
        DateTimeOffset now = call.World.Clock.GetUtcNow();
        if (image.ScannedAt + s_between > now) throw new ApiError("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.");
        image.ScannedAt = now;
        return Answer.Of([.. Names(repository, id, image), ("imageScanStatus", Answer.Of(("status", "IN_PROGRESS")))]);
    }

    public static JsonObject Describe(EcrCall call)
    {
        (StoredRepository repository, ImageId id, StoredImage image) = Find(call);
        DateTimeOffset at = image.ScannedAt ?? throw new ApiError("ScanNotFoundException",
            $"Image scan does not exist for the image with '{id}' in the repository with name '{repository.Name}' in the registry with id '{call.Registry.RegistryId}'");
        List<JsonObject> all = [.. Findings(image)];
        var page = Page.Of(all, call, f => (string)f["name"]!);
        JsonObject counts = Answer.Of([.. all.CountBySeverity().Select(c => (c.Severity, (JsonNode?)c.Count))]);
        return Answer.Of([
            .. Names(repository, id, image), ("imageScanStatus", Answer.Of(("status", "COMPLETE"), ("description", "The scan was completed successfully."))), ("nextToken", page.NextToken),
            ("imageScanFindings", Answer.Of(("imageScanCompletedAt", at.Json()), ("vulnerabilitySourceUpdatedAt", at.Json()), ("findingSeverityCounts", counts), ("findings", page.Items.Array()))),
        ]);
    }

    private static IEnumerable<(string Severity, int Count)> CountBySeverity(this IEnumerable<JsonObject> findings) =>
        findings.GroupBy(f => (string)f["severity"]!).Select(g => (g.Key, g.Count()));

    /// <summary>None to three of each severity, by the image's digest.</summary>
    private static IEnumerable<JsonObject> Findings(StoredImage image)
    {
        byte[] digest = Convert.FromHexString(image.Digest.Hex);
        for (int s = 0, number = 1; s < s_severities.Length; s++)
            for (int i = digest[s] % 4; i > 0; i--, number++)
                yield return Answer.Of(
                    ("name", string.Create(CultureInfo.InvariantCulture, $"SANDBOX-{number:D4}")),
                    ("description", "Invented by the sandbox; there is no such vulnerability."),
                    ("uri", "https://example.invalid/"),
                    ("severity", s_severities[s]));
    }

    private static JsonObject Json(StoredRepository repository)
    {
        ScanningConfiguration scanning = repository.Registry.Scanning;
        ScanningRule? rule = scanning.RuleFor(repository.Name);
        return Answer.Of(
            ("repositoryArn", repository.Arn), ("repositoryName", repository.Name), ("scanOnPush", scanning.ScansOnPush(repository)),
            ("scanFrequency", rule?.Frequency ?? (scanning.Type == "ENHANCED" ? null : repository.ScanOnPush ? "SCAN_ON_PUSH" : "MANUAL")),
            ("appliedScanFilters", ScanningRule.FiltersJson(rule?.Filters ?? [])));
    }

    private static (StoredRepository, ImageId, StoredImage) Find(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ImageId id = ImageId.Read(call.Input.Object("imageId") ?? throw JsonArguments.Missing("imageId"));
        return (repository, id, id.Require(repository));
    }

    private static (string Name, JsonNode? Value)[] Names(StoredRepository repository, ImageId id, StoredImage image) =>
        [("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name), ("imageId", (id with { ImageDigest = image.Digest.Value }).Json())];
}
