using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Scanning. The findings are invented, and always the same for the same image, so that tests can rely on them.</summary>
internal static class ScanOperations
{
    private const int RuleLimit = 2, RepositoryLimit = 25;
    private static readonly TimeSpan s_between = TimeSpan.FromHours(24);

    public static JsonObject PutConfiguration(EcrCall call)
    {
        string type = call.Input.Text("scanType") ?? call.Registry.Scanning.Type;
        if (type is not ("BASIC" or "ENHANCED"))
            throw JsonArguments.Invalid("scanType", "Member must satisfy enum value set: [BASIC, ENHANCED]");
        List<ScanningRule> rules = [.. (call.Input.Objects("rules", 0, RuleLimit) ?? []).Select(r => ScanningRule.Read(r, type))];
        if (rules.DistinctBy(r => r.Frequency).Count() < rules.Count)
            throw JsonArguments.Invalid("rules", "Each scan frequency can have one rule");
        call.Registry.Settings = call.Registry.Settings with { Scanning = new(type, rules) };
        return Answer.Of(("registryScanningConfiguration", call.Registry.Scanning.Json()));
    }

    public static JsonObject GetConfiguration(EcrCall call) =>
        Answer.Of(("registryId", call.Registry.RegistryId), ("scanningConfiguration", call.Registry.Scanning.Json()));

    public static JsonObject BatchGetOfRepositories(EcrCall call)
    {
        JsonArray found = [], failures = [];
        foreach (string name in call.Input.Texts("repositoryNames", 1, RepositoryLimit) ?? throw JsonArguments.Missing("repositoryNames"))
        {
            if (call.Registry.Repositories.TryGetValue(EcrCall.CheckName("repositoryNames", name), out StoredRepository? repository))
                found.Add((JsonNode)Json(repository));
            else failures.Add(
                (JsonNode)Answer.Of(("repositoryName", name), ("failureCode", "REPOSITORY_NOT_FOUND"),
                    ("failureReason",
                        $"The repository with name '{name}' does not exist in the registry with id '{call.Registry.RegistryId}'")));
        }
        return Answer.Of(("scanningConfigurations", found), ("failures", failures));
    }

    public static JsonObject Start(EcrCall call)
    {
        (StoredRepository repository, ImageId id, StoredImage image) = Find(call);
        if (call.Registry.Scanning.Type == "ENHANCED") throw new ApiError("ValidationException", "This feature is disabled");
        if (image.Manifest.IsIndex)
            throw new ApiError("UnsupportedImageTypeException",
                $"The image with imageId {id} is a manifest list, which cannot be scanned; scan its images");
        if (!MediaTypes.IsImageConfig(image.Manifest.Config?.MediaType))
            throw new ApiError("UnsupportedImageTypeException", $"The artifact with imageId {id} is not an image, and cannot be scanned");
        DateTimeOffset now = call.World.Clock.GetUtcNow();
        if (image.Marks.ScannedAt + s_between > now)
            throw new ApiError("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.");
        repository.Images.Scan(image, now);
        return Answer.Of([.. Names(repository, id, image), ("imageScanStatus", Answer.Of(("status", "IN_PROGRESS")))]);
    }

    public static JsonObject Describe(EcrCall call)
    {
        (StoredRepository repository, ImageId id, StoredImage image) = Find(call);
        DateTimeOffset at = image.Marks.ScannedAt ?? throw new ApiError("ScanNotFoundException",
            $"Image scan does not exist for the image with '{id}' in the repository with name '{repository.Name}' in the registry with " +
            $"id '{call.Registry.RegistryId}'");
        if (!IsScannable(image))
        {
            JsonObject unsupported = Answer.Of(("status", "UNSUPPORTED_IMAGE"),
                ("description", "UnsupportedImageError: The operating system and/or package manager are not supported."));
            return Answer.Of([.. Names(repository, id, image), ("imageScanStatus", unsupported)]);
        }
        bool isEnhanced = call.Registry.Scanning.Type == "ENHANCED";
        List<ScanFinding> all = [.. ScanFinding.Of(image)];
        Page<ScanFinding> page = Page.Of(all, call, f => f.Name);
        JsonObject counts = Answer.Of([.. all.GroupBy(f => f.Severity).Select(g => (g.Key, (JsonNode?)g.Count()))]);
        JsonArray findings = page.Items.Select(f => isEnhanced ? f.EnhancedJson(repository, image, at) : f.Json()).Array();
        return Answer.Of([
            .. Names(repository, id, image), ("imageScanStatus", Status(isEnhanced)), ("nextToken", page.NextToken),
            ("imageScanFindings", Answer.Of(
                ("imageScanCompletedAt", at.Json()), ("vulnerabilitySourceUpdatedAt", at.Json()), ("findingSeverityCounts", counts),
                (isEnhanced ? "enhancedFindings" : "findings", findings))),
        ]);
    }

    /// <summary>Whether there is an operating system to look for packages in: charts and other artifacts have none, nor has an image
    /// without a layer.</summary>
    public static bool IsScannable(StoredImage image) =>
        MediaTypes.IsImageConfig(image.Manifest.Config?.MediaType) && image.Manifest.Layers.Count > 0;

    private static JsonObject Status(bool isEnhanced) => isEnhanced
        ? Answer.Of(("status", "ACTIVE"), ("description", "Continuous scan is selected for image."))
        : Answer.Of(("status", "COMPLETE"), ("description", "The scan was completed successfully."));

    private static JsonObject Json(StoredRepository repository)
    {
        ScanningConfiguration scanning = repository.Registry.Scanning;
        ScanningRule? rule = scanning.RuleFor(repository.Name);
        return Answer.Of(
            ("repositoryArn", repository.Arn), ("repositoryName", repository.Name), ("scanOnPush", scanning.ScansOnPush(repository)),
            ("scanFrequency",
                rule?.Frequency ?? (scanning.Type == "ENHANCED" ? null : repository.Settings.ScanOnPush ? "SCAN_ON_PUSH" : "MANUAL")),
            ("appliedScanFilters", ScanningRule.FiltersJson(rule?.Filters ?? [])));
    }

    private static (StoredRepository, ImageId, StoredImage) Find(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ImageId id = ImageId.Read(call.Input.Object("imageId") ?? throw JsonArguments.Missing("imageId"));
        return (repository, id, id.Require(repository));
    }

    private static (string Name, JsonNode? Value)[] Names(StoredRepository repository, ImageId id, StoredImage image) =>
        [("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name),
            ("imageId", (id with { ImageDigest = image.Digest.Value }).Json())];
}
