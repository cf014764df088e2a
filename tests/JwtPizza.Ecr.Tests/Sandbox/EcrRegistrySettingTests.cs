using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Policies and scanning.</summary>
public sealed class EcrRegistrySettingTests
{
    private const string Statement =
        """{"Sid":"Pull","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":["ecr:BatchGetImage"]}""";
    private const string Policy = $$"""{"Version":"2012-10-17","Statement":[{{Statement}}]}""";
    private const string RegistryPolicy =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:*","Resource":"*"}}""";

    [Fact]
    public async Task The_policy_of_a_repository_comes_and_goes()
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        Assert.Equal(
            ("RepositoryPolicyNotFoundException",
                "Repository policy does not exist for the repository with name 'pizza' in the registry with id '123456789012'"),
            await sandbox.EcrError("GetRepositoryPolicy", new { repositoryName = "pizza" }));
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = Policy });
        Assert.Equal(
            "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Sid\" : \"Pull\",\n    \"Effect\" : " +
            "\"Allow\",\n    \"Principal\" : {\n      \"AWS\" : \"arn:aws:iam::210987654321:root\"\n    },\n    \"Action\" : " +
            "[ \"ecr:BatchGetImage\" ]\n  } ]\n}",
            (string)(await sandbox.Ecr("GetRepositoryPolicy", new { repositoryName = "pizza" }))["policyText"]!);   // as ECR prints it
        await sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "pizza",
            policyText = Policy.Replace("arn:aws:iam::210987654321:root", "210987654321", StringComparison.Ordinal) });
        Assert.Contains("\"AWS\" : \"arn:aws:iam::210987654321:root\"",
            (string)(await sandbox.Ecr("GetRepositoryPolicy", new { repositoryName = "pizza" }))["policyText"]!, StringComparison.Ordinal);
        await sandbox.Ecr("DeleteRepositoryPolicy", new { repositoryName = "pizza" });
        Assert.Equal("RepositoryPolicyNotFoundException",
            (await sandbox.EcrError("DeleteRepositoryPolicy", new { repositoryName = "pizza" })).Code);
    }

    [Fact]
    public async Task The_policy_of_the_registry_comes_and_goes()
    {
        await using TestSandbox sandbox = new();
        Assert.Equal("RegistryPolicyNotFoundException", (await sandbox.EcrError("GetRegistryPolicy", new { })).Code);
        await sandbox.Ecr("PutRegistryPolicy", new { policyText = RegistryPolicy });
        string kept = (string)(await sandbox.Ecr("GetRegistryPolicy", new { }))["policyText"]!;
        Assert.Equal((true, RegistryPolicy),
            (kept.Contains("\"Version\" : \"2012-10-17\"", StringComparison.Ordinal), JsonNode.Parse(kept)!.ToJsonString()));
        await sandbox.Ecr("DeleteRegistryPolicy", new { });
        Assert.Equal("RegistryPolicyNotFoundException", (await sandbox.EcrError("DeleteRegistryPolicy", new { })).Code);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Principal":"*","Action":"ecr:*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*","Resource":"*"}]}""")]
    public async Task A_policy_that_a_repository_cannot_have_is_refused(string policy)
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = "pizza" });
        Assert.Equal(
            ("InvalidParameterException",
                "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"),
            await sandbox.EcrError("SetRepositoryPolicy", new { repositoryName = "pizza", policyText = policy }));
    }

    [Fact]
    public async Task A_policy_over_10240_characters_is_refused()
    {
        await using TestSandbox sandbox = new();
        Assert.Contains("10240",
            (await sandbox.EcrError("PutRegistryPolicy", new { policyText = RegistryPolicy.PadRight(10_241) })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scan_on_push_finds_the_same_for_the_same_image_every_time()
    {
        string[] found = new string[2];
        for (int i = 0; i < 2; i++)
        {
            await using TestSandbox sandbox = new();
            await (await RegistryClient.Open(sandbox, "pizza", new { imageScanningConfiguration = new { scanOnPush = true } }))
                .PushImage("one");
            JsonObject scan =
                await sandbox.Ecr("DescribeImageScanFindings", new { repositoryName = "pizza", imageId = new { imageTag = "latest" } });
            Assert.Equal("COMPLETE", (string)scan["imageScanStatus"]!["status"]!);
            JsonNode findings = scan["imageScanFindings"]!;
            Assert.Equal(findings["findings"]!.AsArray().Count, findings["findingSeverityCounts"]!.AsObject().Sum(c => (int)c.Value!));
            found[i] = findings["findings"]!.ToJsonString();
        }
        Assert.Equal(found[0], found[1]);
    }

    [Fact]
    public async Task An_image_is_scanned_by_hand_once_a_day()
    {
        await using TestSandbox sandbox = new();
        await (await RegistryClient.Open(sandbox, "pizza")).PushImage("one");
        object image = new { repositoryName = "pizza", imageId = new { imageTag = "latest" } };
        Assert.Equal("ScanNotFoundException", (await sandbox.EcrError("DescribeImageScanFindings", image)).Code);
        Assert.Equal("IN_PROGRESS", (string)(await sandbox.Ecr("StartImageScan", image))["imageScanStatus"]!["status"]!);
        Assert.Equal("LimitExceededException", (await sandbox.EcrError("StartImageScan", image)).Code);
        sandbox.Box.Advance(TimeSpan.FromHours(24));
        await sandbox.Ecr("StartImageScan", image);
    }

    [Theory]
    [InlineData("BASIC", "SCAN_ON_PUSH", "prod", "team/prod-pizza", "SCAN_ON_PUSH")]
    [InlineData("BASIC", "SCAN_ON_PUSH", "prod*", "team/prod-pizza", "MANUAL")]
    [InlineData("ENHANCED", "CONTINUOUS_SCAN", "*", "pizza", "CONTINUOUS_SCAN")]
    [InlineData("ENHANCED", "CONTINUOUS_SCAN", "prod*", "pizza", null)]
    public async Task Filters_decide_which_repositories_are_scanned(
        string type, string frequency, string filter, string repository, string? result)
    {
        await using TestSandbox sandbox = new();
        await sandbox.Ecr("CreateRepository", new { repositoryName = repository });
        await sandbox.Ecr("PutRegistryScanningConfiguration", new { scanType = type,
            rules = new[] { new { scanFrequency = frequency, repositoryFilters = new[] { new { filter, filterType = "WILDCARD" } } } } });
        JsonObject got =
            await sandbox.Ecr("BatchGetRepositoryScanningConfiguration", new { repositoryNames = new[] { repository, "nowhere" } });
        Assert.Equal(result, (string?)got["scanningConfigurations"]![0]!["scanFrequency"]);
        Assert.Equal("REPOSITORY_NOT_FOUND", (string)got["failures"]![0]!["failureCode"]!);
        Assert.Equal(type, (string)(await sandbox.Ecr("GetRegistryScanningConfiguration", new { }))["scanningConfiguration"]!["scanType"]!);
    }

    [Fact]
    public async Task Basic_scanning_cannot_be_continuous()
    {
        await using TestSandbox sandbox = new();
        (string code,
            string message) = await sandbox.EcrError("PutRegistryScanningConfiguration", new { scanType = "BASIC",
                rules = new[] { new { scanFrequency = "CONTINUOUS_SCAN", repositoryFilters = Array.Empty<object>() } } });
        Assert.Equal("InvalidParameterException", code);
        Assert.Contains("CONTINUOUS_SCAN", message, StringComparison.Ordinal);
    }
}
