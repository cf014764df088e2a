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
    private const string Theirs = """{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":"*","Action":"ecr:DescribeImages"}]}""";
    private static readonly AccessGrant s_pull = AccessGrant.Pull(AccessPrincipal.OfAccount("aws", "210987654321")), s_push = AccessGrant.Push(AccessPrincipal.OfAccount("aws", "210987654321"));

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey, SecretKey = sandbox.Info.SecretKey,
    });

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        await aws.Ecr.CreateRepositoryAsync("team/api", new(), Sessions.Soon);
        AccessService access = AccessService.OfRepository(aws.Ecr, RepositoryName.Parse("team/api"));
        Assert.Null((await access.ReadAsync(Sessions.Soon)).Document);
        Assert.Equal(GrantStatus.Granted, (await access.EditAsync(p => p.Grant([s_pull]), Sessions.Soon)).Results.Single().Status);
        Assert.Equal(GrantStatus.AlreadyGranted, (await access.EditAsync(p => p.Grant([s_pull]), Sessions.Soon)).Results.Single().Status);
        Assert.Equal([GrantStatus.AlreadyGranted, GrantStatus.Granted], (await access.EditAsync(p => p.Grant([s_pull, s_push]), Sessions.Soon)).Results.Select(r => r.Status));
        (Repository described, string? unreadable) = await AccessService.DescribeAsync(aws.Ecr, new() { RepositoryName = "team/api", RegistryId = "1", Region = "r", RepositoryUri = "u", RepositoryArn = "a" }, Sessions.Soon);
        Assert.Null(unreadable);
        Assert.Equal([("arn:aws:iam::210987654321:root", true, false), ("arn:aws:iam::210987654321:root", false, true)], described.Access.Select(a => (a.Principal, a.Pull, a.Push)));
        await access.EditAsync(p => p.Revoke([s_pull, s_push]), Sessions.Soon);
        Assert.Null((await access.ReadAsync(Sessions.Soon)).Document);
        Assert.Equal(GrantStatus.NotGranted, (await access.EditAsync(p => p.Revoke([s_push]), Sessions.Soon)).Results.Single().Status);
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
        AccessGrant replicate = AccessGrant.Replicate(AccessPrincipal.OfAccount("aws", "210987654321"), "arn:aws:ecr:us-east-1:123456789012:repository/*", mayCreate: true);
        AccessService access = AccessService.OfRegistry(aws.Ecr, "us-east-1");
        await access.EditAsync(p => p.Grant([replicate]), Sessions.Soon);
        Assert.Contains("ecr:ReplicateImage", await aws.Ecr.GetRegistryPolicyAsync(Sessions.Soon), StringComparison.Ordinal);
        Assert.False((await access.EditAsync(p => p.Grant([replicate]), Sessions.Soon)).Changed);
        await access.EditAsync(p => p.Revoke([replicate]), Sessions.Soon);
        Assert.Equal("RegistryPolicyNotFoundException", (await Assert.ThrowsAsync<PizzaException>(() => aws.Ecr.GetRegistryPolicyAsync(Sessions.Soon))).ErrorId);
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
            await AccessService.OfRepository(aws.Ecr, RepositoryName.Parse("api")).EditAsync(p => p.Grant([grant]), TestContext.Current.CancellationToken);
        }));
        AccessPolicy policy = await AccessService.OfRepository(reader.Ecr, RepositoryName.Parse("api")).ReadAsync(Sessions.Soon);
        Assert.Equal(20, policy.Statements.Single().Principals.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task A_concurrent_edit_that_lost_ours_is_repeated_and_theirs_stays()
    {
        FakeStore store = new() { Meanwhile = (s, calls) => s.Document = calls == 2 ? Theirs : s.Document };
        await On(store).EditAsync(p => p.Grant([s_pull]), Sessions.Soon);
        Assert.Equal(["Theirs", "PullFromECR"], AccessPolicy.Parse("x", store.Document).Statements.Select(s => s.Sid));
    }

    [Fact(Timeout = Limit)]
    public async Task A_concurrent_edit_that_lost_theirs_is_reported()
    {
        FakeStore store = new() { Document = Theirs, Meanwhile = (s, calls) => s.Document = calls == 2 ? AccessPolicy.Parse("x", null).Grant([s_pull]).After : s.Document };
        Assert.Contains("'Theirs for *'", (await On(store).EditAsync(p => p.Grant([s_pull]), Sessions.Soon)).Warnings.Single(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("AROAEXAMPLEEXAMPLE123", "remove that principal first")]
    [InlineData("arn:aws:iam::123456789012:role/x", "Every account and role must exist: check arn:aws:iam::210987654321:root")]
    public async Task A_refusal_of_ECR_is_explained(string principal, string why)
    {
        FakeStore store = new() { Document = Theirs.Replace("\"*\"", $"{{\"AWS\":\"{principal}\"}}", StringComparison.Ordinal), Refuses = true };
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => On(store).EditAsync(p => p.Grant([s_pull]), Sessions.Soon));
        Assert.Equal("InvalidParameterException", e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private static AccessService On(FakeStore store) => new(store, "the repository 'api'", "look", TimeProvider.System);

    private sealed class FakeStore : IAccessStore
    {
        private int _calls;

        public string? Document { get; set; }

        public bool Refuses { get; init; }

        /// <summary>What somebody else does between our calls; gets the number of calls so far.</summary>
        public Action<FakeStore, int> Meanwhile { get; init; } = (_, _) => { };

        public Task<string?> ReadAsync(CancellationToken cancellationToken)
        {
            string? document = Document;
            Meanwhile(this, ++_calls);
            return Task.FromResult(document);
        }

        public Task WriteAsync(string document, CancellationToken cancellationToken)
        {
            if (Refuses) throw new PizzaException("InvalidParameterException", PizzaErrorKind.InvalidArgument, "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'.");
            Document = document;
            Meanwhile(this, ++_calls);
            return Task.CompletedTask;
        }

        public Task DeleteAsync(CancellationToken cancellationToken)
        {
            Document = null;
            return Task.CompletedTask;
        }
    }
}
