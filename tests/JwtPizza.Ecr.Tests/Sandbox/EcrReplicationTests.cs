using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Replication to other regions and accounts of the same sandbox.</summary>
public sealed class EcrReplicationTests
{
    private const string Other = "210987654321";

    [Fact]
    public async Task An_image_pushed_after_the_rule_is_in_the_other_region_and_an_earlier_one_is_not()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "team/pizza");
        await client.PushImage("early", "early");
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }]);
        Digest image = await client.PushImage("late", "late");
        JsonNode copy =
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "team/pizza" }, "eu-west-1"))["imageDetails"]!.AsArray().Single()!;
        Assert.Equal((image.Value, "late"), ((string)copy["imageDigest"]!, (string)copy["imageTags"]![0]!));
        JsonNode status =
            (await sandbox.Ecr("DescribeImageReplicationStatus", new { repositoryName = "team/pizza",
                imageId = new { imageTag = "late" } }))["replicationStatuses"]!.AsArray().Single()!;
        Assert.Equal(("eu-west-1", "COMPLETE"), ((string)status["region"]!, (string)status["status"]!));
    }

    [Fact]
    public async Task The_copy_can_be_pulled_and_outlives_its_source()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }]);
        await client.PushImage("one");
        await sandbox.Ecr("DeleteRepository", new { repositoryName = "pizza", force = true });
        RegistryClient there = new(sandbox, "pizza", await RegistryClient.Login(sandbox, "eu-west-1"));
        Assert.Equal(200, (await there.Outcome(HttpMethod.Get, "manifests/latest")).Status);
        Assert.Equal(200, (await there.Outcome(HttpMethod.Get, $"blobs/{Digest.Of("layer of one"u8)}")).Status);
    }

    [Fact]
    public async Task An_index_arrives_with_its_images()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }]);
        await client.PushIndex("latest", await client.PushImage("one", "@"), await client.PushImage("two", "@", "amd64"));
        Assert.Equal(3,
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza" }, "eu-west-1"))["imageDetails"]!.AsArray().Count);
    }

    [Fact]
    public async Task Only_repositories_that_fit_a_filter_are_replicated()
    {
        await using TestSandbox sandbox = new();
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }], "prod/");
        await (await RegistryClient.Open(sandbox, "prod/pizza")).PushImage("one");
        await (await RegistryClient.Open(sandbox, "test/pizza")).PushImage("one");
        JsonArray there = (await sandbox.Ecr("DescribeRepositories", new { }, "eu-west-1"))["repositories"]!.AsArray();
        Assert.Equal("prod/pizza", (string)there.Single()!["repositoryName"]!);
    }

    [Fact]
    public async Task Another_account_takes_images_only_when_its_registry_policy_lets_it()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        await Replicate(sandbox, [new { region = "us-east-1", registryId = Other }]);
        await client.PushImage("one", "v1");
        Assert.Equal("FAILED", await Status(sandbox, "v1"));
        await Allow(sandbox, "123456789012", "ecr:ReplicateImage");
        await client.PushImage("two", "v2");
        Assert.Equal("FAILED", await Status(sandbox, "v2"));   // may not create the repository
        await Allow(sandbox, "123456789012", "ecr:ReplicateImage", "ecr:CreateRepository");
        await client.PushImage("three", "v3");
        Assert.Equal("COMPLETE", await Status(sandbox, "v3"));
        Assert.Single(
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza", registryId = Other }))["imageDetails"]!.AsArray());
    }

    [Fact]
    public async Task A_copy_whose_tag_is_taken_and_immutable_arrives_untagged()
    {
        await using TestSandbox sandbox = new();
        RegistryClient there = await RegistryClient.Open(sandbox, "pizza", new { imageTagMutability = "IMMUTABLE" }, "eu-west-1"),
            here = await RegistryClient.Open(sandbox, "pizza");
        await there.PushImage("theirs");
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }]);
        Digest ours = await here.PushImage("ours");
        JsonNode copy =
            (await sandbox.Ecr("DescribeImages", new { repositoryName = "pizza", imageIds = new[] { new { imageDigest = ours.Value } } },
                "eu-west-1"))["imageDetails"]![0]!;
        Assert.Null(copy["imageTags"]);
    }

    [Fact]
    public async Task Copies_are_not_replicated_again()
    {
        await using TestSandbox sandbox = new();
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = "123456789012" }]);
        await sandbox.Ecr("PutReplicationConfiguration", Configuration([new { region = "eu-central-1", registryId = "123456789012" }]),
            "eu-west-1");
        await (await RegistryClient.Open(sandbox, "pizza")).PushImage("one");
        Assert.Empty((await sandbox.Ecr("DescribeRepositories", new { }, "eu-central-1"))["repositories"]!.AsArray());
    }

    [Fact]
    public async Task The_configuration_is_kept_whole_and_checked()
    {
        await using TestSandbox sandbox = new();
        await Replicate(sandbox, [new { region = "eu-west-1", registryId = Other }], "prod/");
        Assert.Equal(
            $$"""{"rules":[{"destinations":[{"region":"eu-west-1","registryId":"{{Other}}"}],"repositoryFilters":[{"filter":"prod/","filterType":"PREFIX_MATCH"}]}]}""",
            (await sandbox.Ecr("DescribeRegistry", new { }))["replicationConfiguration"]!.ToJsonString());
        foreach (object[] destinations in (object[][])[
            [new { region = "us-east-1", registryId = "123456789012" }],
            [new { region = "cn-north-1", registryId = "123456789012" }],
            [.. Enumerable.Range(0, 26).Select(i => new { region = "eu-west-1", registryId = $"{i:D12}" })],
        ])
            Assert.Equal("InvalidParameterException",
                (await sandbox.EcrError("PutReplicationConfiguration", Configuration(destinations))).Code);
    }

    private static Task<JsonObject> Replicate(TestSandbox sandbox, object[] destinations, string? prefix = null) =>
        sandbox.Ecr("PutReplicationConfiguration", Configuration(destinations, prefix));

    private static object Configuration(object[] destinations, string? prefix = null) => new
    {
        replicationConfiguration = new
        {
            rules = new[] { new { destinations,
                repositoryFilters = prefix is null ? null : new[] { new { filter = prefix, filterType = "PREFIX_MATCH" } } } },
        },
    };

    /// <summary>The other account's registry policy. Its cmdlets would call with its own credentials; here the registry's id says whose it
    /// is.</summary>
    private static async Task Allow(TestSandbox sandbox, string account, params string[] actions)
    {
        string policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{account}}:root"},
            "Action":["{{string.Join("\",\"", actions)}}"],"Resource":["arn:aws:ecr:us-east-1:{{Other}}:repository/*"]}]}
            """;
        await sandbox.Ecr("PutRegistryPolicy", new { policyText = policy, registryId = Other });
    }

    private static async Task<string> Status(TestSandbox sandbox, string tag) =>
        (string)(await sandbox.Ecr("DescribeImageReplicationStatus", new { repositoryName = "pizza",
            imageId = new { imageTag = tag } }))["replicationStatuses"]![0]!["status"]!;
}
