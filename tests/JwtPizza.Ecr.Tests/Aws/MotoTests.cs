using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>The door against a server that none of us wrote.</summary>
public sealed class MotoTests
{
    private const string Document =
        """{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}]}""";

    [Fact]
    public async Task A_repository_from_its_making_to_its_end()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession session = AwsSession.Open(moto.Options with { Region = "eu-central-1" });
        EcrClient ecr = session.Ecr;
        Repository made = await ecr.CreateRepositoryAsync("door/api",
            new() { ScanOnPush = true, Tags = new Dictionary<string, string> { ["a"] = "1" } }, Sessions.Soon);
        Assert.Equal(("door/api", "123456789012", "eu-central-1", true),
            (made.RepositoryName, made.RegistryId, made.Region, made.ScanOnPush));
        Assert.Equal("RepositoryAlreadyExistsException",
            (await Assert.ThrowsAsync<PizzaException>(() => ecr.CreateRepositoryAsync("door/api", new(), Sessions.Soon))).ErrorId);

        await ecr.PutImageScanningConfigurationAsync("door/api", false, Sessions.Soon);
        await ecr.PutImageTagMutabilityAsync("door/api", "IMMUTABLE", [], Sessions.Soon);
        await ecr.Tags.AddAsync(made.RepositoryArn, new Dictionary<string, string> { ["b"] = "2" }, Sessions.Soon);
        Repository changed = Assert.Single(await Sessions.ListAsync(ecr.DescribeRepositoriesAsync(["door/api"], Sessions.Soon)));
        Assert.Equal((false, "IMMUTABLE"), (changed.ScanOnPush, changed.ImageTagMutability));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
            await ecr.Tags.ListAsync(made.RepositoryArn, Sessions.Soon));

        await ecr.PutLifecyclePolicyAsync("door/api", Lifecycle, Sessions.Soon);
        Assert.Equal(Lifecycle, (await ecr.GetLifecyclePolicyAsync("door/api", Sessions.Soon)).Text);
        Assert.Empty(await Sessions.ListAsync(ecr.DescribeImagesAsync("door/api", null, 1000, Sessions.Soon)));
        await ecr.DeleteRepositoryAsync("door/api", true, Sessions.Soon);
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                Sessions.ListAsync(ecr.DescribeRepositoriesAsync(["door/api"], Sessions.Soon)))).ErrorId);
    }

    [Fact]
    public async Task A_policy_and_a_login_and_the_caller()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession session = AwsSession.Open(moto.Options with { Region = "eu-central-1" });
        IamPolicy policy = await session.Iam.CreatePolicyAsync("door-policy", Document, "a & b", Sessions.Soon);
        Assert.Equal("EntityAlreadyExists",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                session.Iam.CreatePolicyAsync("door-policy", Document, null, Sessions.Soon))).ErrorId);
        IamPolicyVersion second = await session.Iam.CreatePolicyVersionAsync(policy.Arn,
            Document.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), true, Sessions.Soon);
        Assert.Equal(("v2", true), (second.VersionId, second.IsDefaultVersion));
        Assert.Equal(["v1", "v2"], (await session.Iam.ListPolicyVersionsAsync(policy.Arn, Sessions.Soon)).Select(v => v.VersionId));
        Assert.Equal(Document, (await session.Iam.GetPolicyVersionAsync(policy.Arn, "v1", Sessions.Soon)).Document);
        await session.Iam.SetDefaultPolicyVersionAsync(policy.Arn, "v1", Sessions.Soon);
        await session.Iam.DeletePolicyVersionAsync(policy.Arn, "v2", Sessions.Soon);
        Assert.Equal("v1", (await session.Iam.GetPolicyAsync(policy.Arn, Sessions.Soon)).DefaultVersionId);
        Assert.Equal("NoSuchEntity",
            (await Assert.ThrowsAsync<PizzaException>(() => session.Iam.GetRoleAsync("nobody", Sessions.Soon))).ErrorId);
        Assert.True((await session.Iam.GetAccountSummaryAsync(Sessions.Soon)).ContainsKey("AssumeRolePolicySizeQuota"));
        Assert.Equal("AWS", (await session.Ecr.GetAuthorizationTokenAsync(Sessions.Soon)).User);
        Assert.Equal("123456789012", (await session.Sts.GetCallerIdentityAsync(Sessions.Soon)).Account);
    }

    private const string Lifecycle =
        """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""";
}
