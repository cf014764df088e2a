using System.Text.Json;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Access;

/// <summary>The acts on the policies of repositories and registries against the sandbox, moto, and other writers.</summary>
public sealed class AccessServiceTests
{
    private const int Limit = 120_000;
    private const string Theirs =
        """{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":"*","Action":"ecr:DescribeImages"}]}""";
    private static readonly AccessGrant s_pull = AccessGrant.Pull(AccessPrincipal.OfAccount("aws", "210987654321")),
        s_push = AccessGrant.Push(AccessPrincipal.OfAccount("aws", "210987654321"));

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        await aws.Ecr.CreateRepositoryAsync("team/api", new(), Sessions.Soon);
        AccessService access = AccessService.OfRepository(aws.Ecr, RepositoryName.Parse("team/api"));
        Assert.Null((await access.ReadAsync(Sessions.Soon)).Text);
        Assert.Equal(ChangeStatus.Created, (await access.EditAsync(p => p.Grant([s_pull]), Sessions.Soon)).Results.Single().Status);
        Assert.Equal(ChangeStatus.Unchanged, (await access.EditAsync(p => p.Grant([s_pull]), Sessions.Soon)).Results.Single().Status);
        Assert.Equal([ChangeStatus.Unchanged, ChangeStatus.Created],
            (await access.EditAsync(p => p.Grant([s_pull, s_push]), Sessions.Soon)).Results.Select(r => r.Status));
        (Repository described,
            string? unreadable) =
            await AccessService.DescribeAsync(aws.Ecr,
                new() { RepositoryName = "team/api", RegistryId = "1", Region = "r", RepositoryUri = "u", RepositoryArn = "a" },
                Sessions.Soon);
        Assert.Null(unreadable);
        Assert.Equal([("arn:aws:iam::210987654321:root", true, false), ("arn:aws:iam::210987654321:root", false, true)],
            described.Access.Select(a => (a.Principal, a.Pull, a.Push)));
        await access.EditAsync(p => p.Revoke([s_pull, s_push]), Sessions.Soon);
        Assert.Null((await access.ReadAsync(Sessions.Soon)).Text);
        Assert.Equal(ChangeStatus.Unchanged, (await access.EditAsync(p => p.Revoke([s_push]), Sessions.Soon)).Results.Single().Status);
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_access_is_granted_shown_and_taken_back()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task On_moto_access_is_granted_shown_and_taken_back()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task The_policy_of_a_registry_is_edited_in_the_same_way()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        AccessGrant replicate = AccessGrant.Replicate(AccessPrincipal.OfAccount("aws", "210987654321"),
            "arn:aws:ecr:us-east-1:123456789012:repository/*", mayCreate: true);
        AccessService access = AccessService.OfRegistry(aws.Ecr, "us-east-1");
        await access.EditAsync(p => p.Grant([replicate]), Sessions.Soon);
        Assert.Contains("ecr:ReplicateImage", await aws.Ecr.GetRegistryPolicyAsync(Sessions.Soon), StringComparison.Ordinal);
        Assert.False((await access.EditAsync(p => p.Grant([replicate]), Sessions.Soon)).Changed);
        await access.EditAsync(p => p.Revoke([replicate]), Sessions.Soon);
        Assert.Equal("RegistryPolicyNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => aws.Ecr.GetRegistryPolicyAsync(Sessions.Soon))).ErrorId);
    }

    [Fact(Timeout = Limit)]
    public async Task Twenty_parallel_sessions_leave_twenty_principals()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession reader = Open(sandbox);
        await reader.Ecr.CreateRepositoryAsync("api", new(), Sessions.Soon);
        AccessGrant[] grants = [.. Enumerable.Range(10, 20).Select(i => AccessGrant.Pull(AccessPrincipal.OfAccount("aws", $"{i:D12}")))];
        await Task.WhenAll(grants.Select(async grant =>
        {
            using AwsSession aws = Open(sandbox);
            await AccessService.OfRepository(aws.Ecr, RepositoryName.Parse("api"))
                .EditAsync(p => p.Grant([grant]), TestContext.Current.CancellationToken);
        }));
        AccessPolicy policy = await AccessService.OfRepository(reader.Ecr, RepositoryName.Parse("api")).ReadAsync(Sessions.Soon);
        Assert.Equal(20, policy.Statements.Single().Principals.Count);
    }

    [Theory(Timeout = Limit)]
    [InlineData("AROAEXAMPLEEXAMPLE123", "until that principal is removed")]
    [InlineData("arn:aws:iam::123456789012:role/x", "Every account and role must exist: check arn:aws:iam::210987654321:root")]
    public async Task A_refusal_of_ECR_is_explained(string principal, string why)
    {
        string held = Theirs.Replace("\"*\"", $"{{\"AWS\":\"{principal}\"}}", StringComparison.Ordinal);
        await using ScriptedServer server = new((request, _) => request.Operation == "GetRepositoryPolicy"
            ? Answer.Json(JsonSerializer.Serialize(new { policyText = held }))
            : Answer.Error("InvalidParameterException",
                "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'."));
        using AwsSession aws = Sessions.Open(server);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                AccessService.OfRepository(aws.Ecr, RepositoryName.Parse("api")).EditAsync(p => p.Grant([s_pull]), Sessions.Soon));
        Assert.Equal("InvalidParameterException", e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
