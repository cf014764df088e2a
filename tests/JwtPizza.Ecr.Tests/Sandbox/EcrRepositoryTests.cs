using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class EcrRepositoryTests
{
    [Fact]
    public async Task A_new_repository_has_the_defaults_of_ECR()
    {
        await using TestSandbox sandbox = new();
        JsonNode made = (await sandbox.Ecr("CreateRepository", new { repositoryName = "team/pizza" }))["repository"]!;
        Assert.Equal("arn:aws:ecr:us-east-1:123456789012:repository/team/pizza", (string)made["repositoryArn"]!);
        Assert.Equal(sandbox.Box.Info.RegistryHost + "/team/pizza", (string)made["repositoryUri"]!);
        Assert.Equal(("MUTABLE", false, "AES256"),
            ((string)made["imageTagMutability"]!, (bool)made["imageScanningConfiguration"]!["scanOnPush"]!,
                (string)made["encryptionConfiguration"]!["encryptionType"]!));
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (double)made["createdAt"]!, -2, 10);
        Assert.Equal(made.ToJsonString(), (await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task Settings_are_kept()
    {
        await using TestSandbox sandbox = new();
        JsonNode made = (await sandbox.Ecr("CreateRepository", new
        {
            repositoryName = "pizza", imageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "dev-*" } },
            imageScanningConfiguration = new { scanOnPush = true }, encryptionConfiguration = new { encryptionType = "KMS" },
            tags = new[] { new { Key = "team", Value = "a" } },
        }))["repository"]!;
        Assert.Equal("dev-*", (string)made["imageTagMutabilityExclusionFilters"]![0]!["filter"]!);
        Assert.True((bool)made["imageScanningConfiguration"]!["scanOnPush"]!);
        Assert.StartsWith("arn:aws:kms:us-east-1:123456789012:", (string)made["encryptionConfiguration"]!["kmsKey"]!,
            StringComparison.Ordinal);
        Assert.Equal("a",
            (string)(await sandbox.Ecr("ListTagsForResource",
                new { resourceArn = (string)made["repositoryArn"]! }))["tags"]![0]!["Value"]!);
    }

    public static TheoryData<object, string, string> Refused => new()
    {
        { new { repositoryName = "Pizza" }, "InvalidParameterException",
            "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression" },
        { new { }, "InvalidParameterException", "'repositoryName'" },
        { new { repositoryName = 7 }, "SerializationException", "repositoryName" },
        { new { repositoryName = "taken" }, "RepositoryAlreadyExistsException",
            "The repository with name 'taken' already exists in the registry with id '123456789012'" },
        { new { repositoryName = "ab", registryId = "12" }, "InvalidParameterException", "'registryId'" },
        { new { repositoryName = "ab", imageTagMutability = "SOMETIMES" }, "InvalidParameterException", "IMMUTABLE_WITH_EXCLUSION" },
        { new { repositoryName = "ab", imageTagMutability = "IMMUTABLE_WITH_EXCLUSION" }, "InvalidParameterException",
            "imageTagMutabilityExclusionFilters" },
        { new { repositoryName = "ab", imageTagMutability = "IMMUTABLE",
            imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "a" } } }, "InvalidParameterException",
            "imageTagMutabilityExclusionFilters" },
        { new { repositoryName = "ab", imageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "a?" } } }, "InvalidParameterException",
            "regular expression" },
        { new { repositoryName = "ab", encryptionConfiguration = new { encryptionType = "AES256", kmsKey = "k" } },
            "InvalidParameterException", "kmsKey" },
        { new { repositoryName = "ab", encryptionConfiguration = new { encryptionType = "KMS",
            kmsKey = "arn:aws:kms:eu-west-1:123456789012:key/1" } }, "KmsException", "us-east-1" },
        { new { repositoryName = "ab", tags = Enumerable.Range(0, 51).Select(i => new { Key = $"k{i}", Value = "" }) },
            "TooManyTagsException", "50" },
        { new { repositoryName = "ab", tags = new[] { new { Key = "aws:x", Value = "" } } }, "InvalidTagParameterException", "aws:" },
        { new { repositoryName = "ab", tags = new[] { new { Key = new string('k', 129), Value = "" } } }, "InvalidTagParameterException",
            "129" },
    };

    [Theory]
    [InlineData("a__b")]
    [InlineData("a--b")]
    [InlineData("0/a.b")]
    public async Task Names_that_are_legal_are_taken(string name)
    {
        await using TestSandbox sandbox = new();
        Assert.Equal(name,
            (string)(await sandbox.Ecr("CreateRepository", new { repositoryName = name }))["repository"]!["repositoryName"]!);
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task What_ECR_refuses_is_refused_in_its_words_and_makes_nothing(object input, string code, string words)
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "taken" });
        (string gotCode, string gotWords) = await sandbox.EcrError("CreateRepository", input);
        Assert.Equal(code, gotCode);
        Assert.Contains(words, gotWords, StringComparison.Ordinal);
        Assert.Single((await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]!.AsArray());
    }

    [Fact]
    public async Task Repositories_come_in_pages_by_name_and_a_change_in_between_repeats_none()
    {
        await using TestSandbox sandbox = new();
        foreach (string name in (string[])["dd", "bb", "ee", "cc", "aa"])
            await sandbox.Ecr("CreateRepository", new { repositoryName = name });
        JsonObject first = await sandbox.Ecr("DescribeRepositories", new { maxResults = 2 });
        await sandbox.Ecr("DeleteRepository", new { repositoryName = "bb" });
        await sandbox.Ecr("CreateRepository", new { repositoryName = "a0" });
        JsonObject second = await sandbox.Ecr("DescribeRepositories", new { maxResults = 2, nextToken = (string)first["nextToken"]! });
        JsonObject third = await sandbox.Ecr("DescribeRepositories", new { maxResults = 2, nextToken = (string)second["nextToken"]! });
        Assert.Equal("aa bb|cc dd|ee",
            string.Join('|',
                new[]
                {
                    first, second, third,
                }.Select(p => string.Join(' ', p["repositories"]!.AsArray().Select(r => (string)r!["repositoryName"]!)))));
        Assert.Null(third["nextToken"]);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("TGlzdEltYWdlcwo=")]
    public async Task A_token_that_is_none_of_the_listing_is_refused(string token)
    {
        await using TestSandbox sandbox = new();
        (string code, string message) = await sandbox.EcrError("DescribeRepositories", new { nextToken = token });
        Assert.Equal("InvalidParameterException", code);
        Assert.Contains("nextToken", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "greater than or equal to 1")]
    [InlineData(1001, "less than or equal to 1000")]
    public async Task A_page_has_1_to_1000_items(int size, string words) =>
        Assert.Contains(words, await With(async s => (await s.EcrError("DescribeRepositories", new { maxResults = size })).Message),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_repository_that_is_not_there_is_named()
    {
        await using TestSandbox sandbox = new();
        Assert.Equal(
            ("RepositoryNotFoundException", "The repository with name 'nowhere' does not exist in the registry with id '123456789012'"),
            await sandbox.EcrError("DescribeRepositories", new { repositoryNames = new[] { "nowhere" } }));
    }

    [Fact]
    public async Task A_repository_with_images_is_deleted_only_by_force()
    {
        await using TestSandbox sandbox = new();
        await (await RegistryClient.Open(sandbox, "pizza")).PushImage("one");
        Assert.Equal("RepositoryNotEmptyException", (await sandbox.EcrError("DeleteRepository", new { repositoryName = "pizza" })).Code);
        await sandbox.Ecr("DeleteRepository", new { repositoryName = "pizza", force = true });
        Assert.Equal("RepositoryNotFoundException", (await sandbox.EcrError("DeleteRepository", new { repositoryName = "pizza" })).Code);
        Assert.Single(Directory.EnumerateFiles(sandbox.Box.Folder));   // the lock
    }

    [Fact]
    public async Task Settings_can_be_changed_later()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        await sandbox.Ecr("PutImageTagMutability", new { repositoryName = "pizza", imageTagMutability = "IMMUTABLE" });
        await sandbox.Ecr("PutImageScanningConfiguration", new { repositoryName = "pizza",
            imageScanningConfiguration = new { scanOnPush = true } });
        JsonNode now = (await sandbox.Ecr("DescribeRepositories", new { }))["repositories"]![0]!;
        Assert.Equal(("IMMUTABLE", true), ((string)now["imageTagMutability"]!, (bool)now["imageScanningConfiguration"]!["scanOnPush"]!));
    }

    [Fact]
    public async Task Resource_tags_come_and_go()
    {
        await using TestSandbox sandbox = new();
        string arn =
            (string)(await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza",
                tags = new[] { new { Key = "a", Value = "1" } } }))["repository"]!["repositoryArn"]!;
        await sandbox.Ecr("TagResource", new { resourceArn = arn,
            tags = new[] { new { Key = "b", Value = "2" }, new { Key = "a", Value = "3" } } });
        await sandbox.Ecr("UntagResource", new { resourceArn = arn, tagKeys = new[] { "b" } });
        Assert.Equal("""[{"Key":"a","Value":"3"}]""",
            (await sandbox.Ecr("ListTagsForResource", new { resourceArn = arn }))["tags"]!.ToJsonString());
        Assert.Equal("InvalidParameterException",
            (await sandbox.EcrError("ListTagsForResource",
                new { resourceArn = "arn:aws:ecr:eu-west-1:123456789012:repository/pizza" })).Code);
    }

    [Fact]
    public async Task A_lifecycle_policy_is_checked_kept_and_taken_away()
    {
        const string Policy =
            """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""";
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        Assert.Equal("LifecyclePolicyNotFoundException",
            (await sandbox.EcrError("GetLifecyclePolicy", new { repositoryName = "pizza" })).Code);
        (string code, string message) =
            await sandbox.EcrError("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = """{"rules":[]}""" });
        Assert.Equal("InvalidParameterException", code);
        Assert.StartsWith("Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure:",
            message, StringComparison.Ordinal);
        await sandbox.Ecr("PutLifecyclePolicy", new { repositoryName = "pizza", lifecyclePolicyText = Policy });
        Assert.Equal(Policy, (string)(await sandbox.Ecr("GetLifecyclePolicy", new { repositoryName = "pizza" }))["lifecyclePolicyText"]!);
        await sandbox.Ecr("DeleteLifecyclePolicy", new { repositoryName = "pizza" });
        Assert.Equal("LifecyclePolicyNotFoundException",
            (await sandbox.EcrError("DeleteLifecyclePolicy", new { repositoryName = "pizza" })).Code);
    }

    [Fact]
    public async Task A_token_lasts_twelve_hours_and_then_says_so()
    {
        await using TestSandbox sandbox = new();
        RegistryClient client = await RegistryClient.Open(sandbox, "pizza");
        JsonNode token = (await sandbox.Ecr("GetAuthorizationToken", new { }))["authorizationData"]![0]!;
        Assert.Equal(sandbox.Box.Info.EndpointUrl, (string)token["proxyEndpoint"]!);
        Assert.InRange((double)token["expiresAt"]! - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), (12 * 3600) - 10, (12 * 3600) + 2);
        sandbox.Box.Advance(TimeSpan.FromHours(12) + TimeSpan.FromSeconds(1));
        Assert.Equal((403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."),
            await client.Outcome(HttpMethod.Get, "/v2/"));
    }

    private static async Task<T> With<T>(Func<TestSandbox, Task<T>> work)
    {
        await using TestSandbox sandbox = new();
        return await work(sandbox);
    }
}
