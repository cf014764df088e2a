using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Lifecycle rules that really take images.</summary>
public sealed class EcrLifecycleTests
{
    private const string UntaggedAfterADay =
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""";

    private const string ArchiveWhatNobodyPulls = """
        {"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":30},"action":{"type":"transition","targetStorageClass":"archive"}},
        {"rulePriority":2,"selection":{"tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":90},"action":{"type":"expire"}}]}
        """;

    [Fact]
    public async Task The_untagged_image_is_gone_when_its_time_is_over_and_the_tagged_one_stays()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest old = await client.PushImage("one"), young = await client.PushImage("two");
        await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = UntaggedAfterADay });
        Assert.Empty(sandbox.Box.Advance(TimeSpan.FromHours(23)));
        Assert.Equal([old.Value, young.Value], await Digests(sandbox));
        string taken = Assert.Single(sandbox.Box.Advance(TimeSpan.FromHours(2)));
        Assert.Contains($"pizza@{old} (untagged): rule 1 expired it", taken, StringComparison.Ordinal);
        Assert.Equal([young.Value], await Digests(sandbox));
        Assert.NotNull((await sandbox.Ecr("GetLifecyclePolicy", new { repositoryName = "pizza" }))["lastEvaluatedAt"]);
    }

    [Fact]
    public async Task The_children_of_an_index_stay_with_it_and_go_after_it()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest child = await client.PushImage("child", "@"), index = await client.PushIndex("latest", child);
        await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = UntaggedAfterADay });
        sandbox.Box.Advance(TimeSpan.FromDays(5));
        Assert.Equal([child.Value, index.Value], await Digests(sandbox));
        client = new(sandbox, "pizza", await RegistryClient.Login(sandbox));
        await client.PushImage("another", "latest");   // leaves the index untagged
        sandbox.Box.Advance(TimeSpan.FromDays(3));
        Assert.Single(await Digests(sandbox));
    }

    [Fact]
    public async Task A_preview_tells_what_the_policy_would_take_and_takes_nothing()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest old = await client.PushImage("one");
        await client.PushImage("two");
        sandbox.Box.Advance(TimeSpan.FromDays(2));
        Assert.Equal("LifecyclePolicyNotFoundException",
            (await sandbox.EcrError("StartLifecyclePolicyPreview", new { repositoryName = "pizza" })).Code);
        Assert.Equal("LifecyclePolicyPreviewNotFoundException",
            (await sandbox.EcrError("GetLifecyclePolicyPreview", new { repositoryName = "pizza" })).Code);
        await sandbox.Ecr("StartLifecyclePolicyPreview", new { repositoryName = "pizza", lifecyclePolicyText = UntaggedAfterADay });
        JsonObject preview = await sandbox.Ecr("GetLifecyclePolicyPreview", new { repositoryName = "pizza" });
        Assert.Equal(("COMPLETE", 1), ((string)preview["status"]!, (int)preview["summary"]!["expiringImageTotalCount"]!));
        JsonNode row = preview["previewResults"]!.AsArray().Single()!;
        Assert.Equal((old.Value, "EXPIRE", 1),
            ((string)row["imageDigest"]!, (string)row["action"]!["type"]!, (int)row["appliedRulePriority"]!));
        Assert.Equal(2, (await Digests(sandbox)).Count);
    }

    [Fact]
    public async Task An_image_that_nobody_pulls_is_archived_can_be_restored_and_else_goes()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        Digest restored = await client.PushImage("one", "v1"), left = await client.PushImage("two", "v2");
        await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = ArchiveWhatNobodyPulls });
        sandbox.Box.Advance(TimeSpan.FromDays(31));
        client = new(sandbox, "pizza", await RegistryClient.Login(sandbox));
        Assert.Empty(await Digests(sandbox));
        Assert.Equal([restored.Value, left.Value], await Digests(sandbox, "ARCHIVED"));
        Assert.Equal(404, (await client.Outcome(HttpMethod.Get, "manifests/v1")).Status);
        await sandbox.Ecr("UpdateImageStorageClass", new { repositoryName = "pizza", imageId = new { imageTag = "v1" },
            targetStorageClass = "STANDARD" });
        Assert.Equal([restored.Value], await Digests(sandbox, "ACTIVATING"));
        sandbox.Box.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(200, (await client.Outcome(HttpMethod.Get, "manifests/v1")).Status);
        (string code,
            _) = await sandbox.EcrError("UpdateImageStorageClass", new { repositoryName = "pizza", imageId = new { imageTag = "v1" },
                targetStorageClass = "STANDARD" });
        Assert.Equal("ImageStorageClassUpdateNotSupportedException", code);
        sandbox.Box.Advance(TimeSpan.FromDays(91));
        Assert.Equal([restored.Value], await Digests(sandbox, "ANY"));
    }

    /// <summary>The sentences are those that users of ECR report.</summary>
    [Theory]
    [InlineData("nonsense, and enough of it that it is longer than the hundred characters that a lifecycle policy must have at least",
        "Could not map policyString into LifecyclePolicy.")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"tagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""", "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}},{"rulePriority":2,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""", "Rule for tagStatus=ANY must have the lowest priority per storage class")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}},{"rulePriority":2,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}""", "Only one rule can select Untagged images per storage class")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":0},"action":{"type":"expire"}}]}""", "numeric instance is lower than the required minimum (minimum: 1, found: 0)")]
    [InlineData(
        """["rules", "of nobody", "and some more text, so that there are the hundred characters which a lifecycle policy must have"]""",
        "Could not map policyString into LifecyclePolicy.")]
    [InlineData("""{"no_rules":"and some more text, so that there are the hundred characters which a lifecycle policy must have"}""",
        "object has missing required properties ([\"rules\"])")]
    [InlineData("""{"rules":["not a rule, and some more text, so that there are the hundred characters which a policy must have"]}""",
        "instance type (string) does not match any allowed primitive type (allowed: [\"object\"])")]
    [InlineData(
        """{"rules":[{"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":30},"action":{"type":"expire"}}]}""", "object has missing required properties ([\"rulePriority\"])")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":30},"action":{"type":"expire"},"unknown":123}]}""", "object instance has properties which are not allowed by the schema: ([\"unknown\"])")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":30},"action":{"type":"keep"}}]}""", "instance value (keep) not found in enum :(possible values: [\"expire\", \"transition\"])")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"unknown","countType":"imageCountMoreThan","countNumber":30},"action":{"type":"expire"}}]}""", "instance value (unknown) not found in enum :(possible values: [\"any\", \"tagged\", \"untagged\"])")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"unknown","countNumber":30},"action":{"type":"expire"}}]}""", "instance failed to match exactly one schema (matched 0 out of 2)")]
    [InlineData(
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"unknown","countNumber":30},"action":{"type":"expire"}}]}""", "instance value (unknown) not found in enum :(possible values: [\"days\"])")]
    public async Task A_policy_that_breaks_a_rule_is_refused_in_the_form_of_ECR(string policy, string sentence)
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        Assert.Equal(
            ("InvalidParameterException", "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: " +
                $"'Lifecycle policy validation failure: {sentence}'"),
            await sandbox.EcrError("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = policy }));
    }

    private static async Task<List<string>> Digests(TestSandbox sandbox, string status = "ACTIVE") =>
        [.. (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza",
            filter = new { imageStatus = status } }))["imageDetails"]!.AsArray().Select(i => (string)i!["imageDigest"]!)];
}
