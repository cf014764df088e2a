using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The lifecycle policy of a repository, and what it would do.</summary>
internal static class LifecycleOperations
{
    private const int PreviewLimit = 100;

    public static JsonObject Put(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        LifecyclePolicy policy = LifecyclePolicy.Parse(Compact(Check(call.Input.RequiredText("lifecyclePolicyText")).Text));
        repository.Set(s => s with { Lifecycle = policy.Text, LifecycleRanAt = null });
        return Answer.Of(Names(repository, policy));
    }

    public static JsonObject Get(EcrCall call)
    {
        StoredRepository repository = WithPolicy(call);
        return Answer.Of(
            [.. Names(repository, repository.Lifecycle!),
                ("lastEvaluatedAt", (repository.Settings.LifecycleRanAt ?? DateTimeOffset.UnixEpoch).Json())]);
    }

    public static JsonObject Delete(EcrCall call)
    {
        StoredRepository repository = WithPolicy(call);
        JsonObject gone = Get(call);
        repository.Set(s => s with { Lifecycle = null, LifecycleRanAt = null });
        return gone;
    }

    /// <summary>Is done at once; the answer says IN_PROGRESS all the same, as clients expect.</summary>
    public static JsonObject StartPreview(EcrCall call)
    {
        LifecyclePolicy? given = call.Input.Text("lifecyclePolicyText") is { } text ? Check(text) : null;
        StoredRepository repository = given is null ? WithPolicy(call) : call.Repository();
        LifecyclePolicy policy = given ?? repository.Lifecycle!;
        repository.Preview = new(policy, LifecycleRun.Judge(repository, policy, call.World.Clock.GetUtcNow()));
        return Answer.Of([.. Names(repository, policy), ("status", "IN_PROGRESS")]);
    }

    public static JsonObject GetPreview(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        LifecyclePreview preview = repository.Preview ?? throw new ApiError("LifecyclePolicyPreviewNotFoundException",
            $"Lifecycle policy preview does not exist for the repository with name '{repository.Name}' in the registry with id " +
            $"'{call.Registry.RegistryId}'");
        int archived = preview.Verdicts.Count(v => v.Rule.Action == "transition");
        var rows = preview.Verdicts.Where(Wanted(call)).Select((v, i) => (Verdict: v, Key: i.ToString("D9", CultureInfo.InvariantCulture)));
        var page = Page.Of(rows, call, r => r.Key, PreviewLimit);
        JsonArray transitions = archived == 0 ? [] : [Answer.Of(("targetStorageClass", "ARCHIVE"), ("imageTotalCount", archived))];
        return Answer.Of([
            .. Names(repository, preview.Policy), ("status", "COMPLETE"), ("nextToken", page.NextToken),
            ("previewResults", page.Items.Select(r => Json(r.Verdict)).Array()),
            ("summary",
                Answer.Of(("expiringImageTotalCount", preview.Verdicts.Count - archived), ("transitioningImageTotalCounts", transitions))),
        ]);
    }

    private static Func<LifecycleVerdict, bool> Wanted(EcrCall call)
    {
        List<ImageId>? ids = call.Input.Objects("imageIds", 1, PreviewLimit)?.Select(ImageId.Read).ToList();
        string tags = call.Input.Object("filter")?.Text("tagStatus") ?? "ANY";
        return v =>
            (ids is null
                || ids.Exists(i =>
                    i.ImageDigest == v.Image.ImageDigest || (i.ImageDigest is null && v.Image.ImageTags.Contains(i.ImageTag))))
            && (tags == "ANY" || tags == "TAGGED" == v.Image.ImageTags.Count > 0);
    }

    private static JsonObject Json(LifecycleVerdict verdict) => Answer.Of(
        ("imageTags", verdict.Image.ImageTags.Array()),
        ("imageDigest", verdict.Image.ImageDigest),
        ("imagePushedAt", verdict.Image.ImagePushedAt.Json()),
        ("action",
            Answer.Of(("type", verdict.Rule.Action.ToUpperInvariant()),
                ("targetStorageClass", verdict.Rule.TargetStorageClass?.ToUpperInvariant()))),
        ("appliedRulePriority", verdict.Rule.Priority),
        ("storageClass", verdict.Image.ArchivedAt is null ? "STANDARD" : "ARCHIVE"));

    private static StoredRepository WithPolicy(EcrCall call) => call.Repository() is { Lifecycle: not null } repository
        ? repository
        : throw new ApiError("LifecyclePolicyNotFoundException",
            $"Lifecycle policy does not exist for the repository with name '{call.NewRepositoryName()}' in the registry with id " +
            $"'{call.Registry.RegistryId}'");

    private static (string Name, JsonNode? Value)[] Names(StoredRepository repository, LifecyclePolicy policy) =>
        [("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name), ("lifecyclePolicyText", policy.Text)];

    /// <summary>Reads a policy as ECR would, and refuses it in ECR's sentences.</summary>
    public static LifecyclePolicy Check(string text)
    {
        if (LifecycleSchema.Complaint(text) is { } complaint) throw Refused(complaint);
        try { return LifecyclePolicy.Parse(text); }
        catch (PizzaException e) { throw Refused(string.Join("; ", e.Problems.Select(AsEcrSays))); }
    }

    /// <summary>ECR gives a policy back without white space, its rules by priority.</summary>
    private static string Compact(string text)
    {
        JsonObject policy = JsonNode.Parse(text)!.AsObject();
        policy["rules"] = policy["rules"]!.AsArray().OrderBy(r => (long)r!["rulePriority"]!).Select(r => r!.DeepClone()).Array();
        return policy.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static ApiError Refused(string why) =>
        JsonArguments.Invalid("LifecyclePolicyText", $"Lifecycle policy validation failure: {why}");

    /// <summary>The sentences that ECR is known to use for what fits its schema; every other problem is told as ours.</summary>
    private static string AsEcrSays(string problem) => problem switch
    {
        _ when problem.Contains("needs a tagPatternList or a tagPrefixList", StringComparison.Ordinal) =>
            "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.",
        _ when problem.Contains("another rule selects untagged", StringComparison.Ordinal) =>
            "Only one rule can select Untagged images per storage class",
        _ when problem.Contains("must have the highest rulePriority", StringComparison.Ordinal) =>
            "Rule for tagStatus=ANY must have the lowest priority per storage class",
        _ => problem,
    };
}
