using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>Other accounts of the sandbox, called by those who own them.</summary>
public sealed class AccountTests
{
    private const string Other = "210987654321";

    [Fact]
    public async Task An_access_key_of_twelve_digits_is_the_administrator_of_that_account()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession here = Open(sandbox, sandbox.Info.AccessKey), there = Open(sandbox, Other);
        Assert.Equal(sandbox.Info.RegistryId, await here.GetAccountAsync(token));
        Assert.Equal(Other, await there.GetAccountAsync(token));
        Assert.Equal($"arn:aws:iam::{Other}:root", (await there.Sts.GetCallerIdentityAsync(token)).Arn);

        Repository made = await there.Ecr.CreateRepositoryAsync("pizza", new(), token);
        Assert.Equal(Other, made.RegistryId);
        Assert.Equal("pizza", (await here.Ecr.For(Other).DescribeRepositoriesAsync(["pizza"], token).FirstAsync(token)).RepositoryName);
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(async () =>
                await here.Ecr.DescribeRepositoriesAsync(["pizza"], token).FirstAsync(token))).ErrorId);
    }

    private static AwsSession Open(EcrSandbox sandbox, string accessKey) =>
        AwsSession.Open(
            new() { EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = accessKey, SecretKey = "any" });
}
