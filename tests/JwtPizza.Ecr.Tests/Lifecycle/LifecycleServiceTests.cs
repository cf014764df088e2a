using System.Text.Json;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Lifecycle;

/// <summary>The acts on lifecycle policies against the sandbox, and against moto.</summary>
public sealed class LifecycleServiceTests
{
    private const int Limit = 120_000;
    private static readonly LifecycleChange s_clean =
        new([LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(10)], Replace: false, KeepDescriptions: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AwsSession Open(TestSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Box.Info.EndpointUrl, Region = sandbox.Box.Info.Region, AccessKey = sandbox.Box.Info.AccessKey,
        SecretKey = sandbox.Box.Info.SecretKey,
    });

    private static async Task<bool> SetAsync(LifecycleService lifecycles, LifecycleChange change) =>
        (await lifecycles.SetAsync("api", change, Token)).Changed;

    private static async Task WholeStoryAsync(AwsSession aws)
    {
        LifecycleService lifecycles = new(aws.Ecr, aws.Region);
        await aws.Ecr.CreateRepositoryAsync("api", new RepositorySettings(), Token);
        (RepositoryLifecycle none, _) = await lifecycles.GetAsync("api", Token);
        Assert.Null(none.PolicyText);
        Assert.Empty(none.Rules);
        Assert.Equal("123456789012", none.RegistryId);

        Assert.True(await SetAsync(lifecycles, s_clean));
        Assert.False(await SetAsync(lifecycles, s_clean));
        Assert.True(await SetAsync(lifecycles, new([LifecycleRule.KeepLastTagged(5, "v*")], false, true)));
        (RepositoryLifecycle merged, string? unreadable) = await lifecycles.GetAsync("api", Token);
        Assert.Null(unreadable);
        Assert.Equal(["untagged", "tagged", "any"], merged.Rules.Select(r => r.TagStatus));
        Assert.Equal(("api", "us-east-1", "123456789012"), (merged.RepositoryName, merged.Region, merged.RegistryId));

        Assert.True(await SetAsync(lifecycles, s_clean with { Replace = true }));
        Assert.False(await SetAsync(lifecycles, s_clean with { Replace = true }));
        Assert.Equal(2, (await lifecycles.GetAsync("api", Token)).Lifecycle.Rules.Length);

        Assert.True(await RemoveAsync(lifecycles, new([1], [])));
        Assert.False(await RemoveAsync(lifecycles, new([1], [])));
        Assert.Equal([2], (await lifecycles.GetAsync("api", Token)).Lifecycle.Rules.Select(r => r.Priority));
        Assert.True(await RemoveAsync(lifecycles, new([], [LifecycleRule.KeepLast(99)])));
        Assert.False(await RemoveAsync(lifecycles, new([], [])));
        Assert.Null((await lifecycles.GetAsync("api", Token)).Lifecycle.PolicyText);
    }

    private static async Task<bool> RemoveAsync(LifecycleService lifecycles, LifecycleRemoval removal) =>
        (await lifecycles.RemoveAsync("api", removal, Token)).Changed;

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_a_policy_is_set_merged_replaced_and_left_alone_when_it_is_right()
    {
        await using TestSandbox sandbox = new();
        using AwsSession aws = Open(sandbox);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task On_moto_a_policy_is_set_merged_replaced_and_left_alone_when_it_is_right()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }

    /// <summary>The same document over several lines.</summary>
    internal static string Indented(string json) =>
        System.Text.Json.Nodes.JsonNode.Parse(json)!.ToJsonString(new() { WriteIndented = true });

    [Fact(Timeout = Limit)]
    public async Task A_policy_written_another_way_is_left_as_it_is()
    {
        await using TestSandbox sandbox = new();
        using AwsSession aws = Open(sandbox);
        await aws.Ecr.CreateRepositoryAsync("api", new RepositorySettings(), Token);
        await aws.Ecr.PutLifecyclePolicyAsync("api", Indented(LifecyclePolicy.Of(s_clean.Rules).Text), Token);
        Assert.False(await SetAsync(new(aws.Ecr, aws.Region), s_clean));
    }

    [Fact(Timeout = Limit)]
    public async Task What_this_version_does_not_know_is_shown_but_never_merged_away()
    {
        const string future =
            """{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":3,"sizeMoreThan":9},"action":{"type":"expire"}}]}""";
        await using ScriptedServer server = new(
            Answer.Json(JsonSerializer.Serialize(new { registryId = "123456789012", lifecyclePolicyText = future, lastEvaluatedAt = 0 })));
        using AwsSession aws = Aws.Sessions.Open(server);
        LifecycleService lifecycles = new(aws.Ecr, aws.Region);
        (RepositoryLifecycle lifecycle, string? unreadable) = await lifecycles.GetAsync("api", Token);
        Assert.Equal(future, lifecycle.PolicyText);
        Assert.Null(lifecycle.LastEvaluatedAt);
        Assert.Contains("sizeMoreThan", unreadable, StringComparison.Ordinal);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => lifecycles.SetAsync("api", s_clean, Token));
        Assert.Equal("UnknownLifecyclePolicy", e.ErrorId);
        Assert.Contains("-Replace", e.Message, StringComparison.Ordinal);
        Assert.True((await lifecycles.Editor("api", s_clean with { Replace = true }).PlanAsync(Token)).Changed);
        Assert.Equal("UnknownLifecyclePolicy",
            (await Assert.ThrowsAsync<PizzaException>(() => lifecycles.RemoveAsync("api", new([1], []), Token))).ErrorId);
        Assert.Null((await lifecycles.Editor("api", new LifecycleRemoval([], [])).PlanAsync(Token)).After);
    }

    [Fact(Timeout = Limit)]
    public async Task A_repository_that_is_missing_is_an_error_also_for_reading()
    {
        await using TestSandbox sandbox = new();
        using AwsSession aws = Open(sandbox);
        LifecycleService lifecycles = new(aws.Ecr, aws.Region);
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => lifecycles.GetAsync("nope", Token))).ErrorId);
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() => lifecycles.SetAsync("nope", s_clean, Token))).ErrorId);
    }
}
