using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;
using JwtPizza.Ecr.Services.State;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Aws;

namespace JwtPizza.Ecr.Tests.State;

/// <summary>The state of a sandbox as a file, compared and brought back.</summary>
public sealed class StateServiceTests
{
    private const int Limit = 240_000;
    private const string Theirs =
        """{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":"*","Action":"ecr:DescribeImages"}]}""";

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static RepositoryName Name(string name) => RepositoryName.Parse(name);

    private static CiGrant Grant(string name, string? cluster = null) =>
        CiGrant.For($"arn:aws:ecr:us-east-1:123456789012:repository/{name}", cluster, cluster, Defaults.TaskRole);

    private static async Task AllowAsync(AwsSession aws, string role, CiGrant grant)
    {
        CiPolicyService policies = new(aws.Iam);
        await policies.ApplyAsync(await policies.PlanGrantAsync(CiPolicyTarget.For(role, null), [grant], Sessions.Soon), Sessions.Soon);
    }

    private static async Task RoleAsync(AwsSession aws, string name, string subject, params CiGrant[] grants)
    {
        CiRoleService roles = new(aws);
        CiRolePlan plan = await roles.PlanAsync(
            new(new(name, ""), [GitHubSubject.Parse(subject)], CiPolicyTarget.For(name, null), grants), Sessions.Soon);
        await roles.ApplyAsync(plan, new Progress<string>(), Sessions.Soon);
    }

    /// <summary>What the course leaves, and a team beside it.</summary>
    private static async Task FurnishAsync(AwsSession aws)
    {
        RepositoryService repositories = new(aws.Ecr);
        await repositories.CreateAsync(Name("jwt-pizza-service"), new() { Tags = Tags("cost", "low") }, Sessions.Soon);
        await repositories.CreateAsync(Name("team/api"), new RepositorySettings
        {
            ImageTagMutability = "IMMUTABLE", MutabilityExclusion = ["latest"], ScanOnPush = false, Tags = Tags("team", "api"),
        }.Checked(), Sessions.Soon);
        await repositories.CreateAsync(Name("team/web"), new() { EncryptionType = "KMS" }, Sessions.Soon);
        LifecycleService lifecycle = new(aws.Ecr, aws.Region);
        await lifecycle.SetAsync("jwt-pizza-service", StateRules.Change([LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(10)]),
            Sessions.Soon);
        await lifecycle.SetAsync("team/api", StateRules.Change(
        [
            LifecycleRule.KeepLastTagged(5, "release-*"),
            new() { TagStatus = "tagged", TagPattern = ["pr-*"], CountType = "sinceImagePushed", CountUnit = "days", CountNumber = 14,
                Description = "Pull requests" },
        ]), Sessions.Soon);
        await AccessAsync(aws, "team/api", p => p.Grant(
        [
            AccessGrant.Pull(AccessPrincipal.OfAccount("aws", "210987654321")),
            AccessGrant.Push(AccessPrincipal.OfOrganization("o-a1b2c3d4e5")),
        ]));
        await new TrustService(aws.Iam).EditAsync("github-ci",
            p => p.Add([GitHubSubject.Parse("repo:my-account/jwt-pizza-service:ref:refs/heads/main")]), Sessions.Soon);
        await AllowAsync(aws, "github-ci", Grant("jwt-pizza-service"));
        await RoleAsync(aws, "team-ci", "repo:team/services:environment:prod", Grant("team/api", "blue"),
            Grant("team/web", "green") with { IncludePull = true, IncludeVerify = true });
    }

    private static Dictionary<string, string> Tags(string key, string value) => new() { [key] = value };

    private static async Task AccessAsync(
        AwsSession aws, string name, Func<AccessPolicy, Edit<AccessPolicy, GrantResult<AccessGrant>>> edit) =>
        await AccessService.OfRepository(aws.Ecr, Name(name)).EditAsync(edit, Sessions.Soon);

    private static async Task<PizzaState> ExportAsync(AwsSession aws) =>
        StateReader.Read(StateWriter.Write(await new StateService(aws, 8).ReadAsync(_ => true, includeRoles: true, Sessions.Soon)), "it");

    private static async Task<string[]> CompareAsync(AwsSession aws, PizzaState state) =>
        [.. (await new StateService(aws, 8).CompareAsync(state, Sessions.Soon)).All.Select(c => $"{c.Row.Kind} {c.Row.Path}")];

    private static async Task SyncAsync(AwsSession aws, PizzaState state)
    {
        foreach (StateChange change in (await new StateService(aws, 8).CompareAsync(state, Sessions.Soon)).All)
            if (change.MakeAsync is { } make) Assert.NotEqual(ChangeStatus.Unchanged, (await make(Sessions.Soon)).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task A_world_comes_up_again_from_its_file()
    {
        await using EcrSandbox first = EcrSandbox.Start(new()), second = EcrSandbox.Start(new());
        using AwsSession there = Open(first), here = Open(second);
        await FurnishAsync(there);
        PizzaState state = await ExportAsync(there);
        Assert.Empty(await CompareAsync(there, state));
        Assert.Equal(3, state.Repositories!.Count);
        Assert.Equal(["github-ci", "team-ci"], state.Roles!.Select(r => r.Key));
        Assert.Equal("blue", state.Roles![1].Value.Push.Single(p => p.Key == "team/api").Value.Service);
        Assert.Contains("Missing repositories.team/api", await CompareAsync(here, state));
        await SyncAsync(here, state);
        Assert.Empty(await CompareAsync(here, state));
        Assert.Equal(StateWriter.Write(state).ToJsonString(), StateWriter.Write(await ExportAsync(here)).ToJsonString());
    }

    private static readonly (string Thing, string Difference, Func<AwsSession, Task> DoAsync)[] s_damage =
    [
        ("service mutability", "Extra repositories.jwt-pizza-service.imageTagMutability",
            aws => aws.Ecr.PutImageTagMutabilityAsync("jwt-pizza-service", "IMMUTABLE", [], Sessions.Soon)),
        ("api mutability", "Different repositories.team/api.imageTagMutability",
            aws => aws.Ecr.PutImageTagMutabilityAsync("team/api", "IMMUTABLE", [], Sessions.Soon)),
        ("api mutability", "Different repositories.team/api.imageTagMutability",
            aws => aws.Ecr.PutImageTagMutabilityAsync("team/api", "IMMUTABLE_WITH_EXCLUSION", ["dev-*"], Sessions.Soon)),
        ("service scan", "Extra repositories.jwt-pizza-service.scanOnPush",
            aws => aws.Ecr.PutImageScanningConfigurationAsync("jwt-pizza-service", false, Sessions.Soon)),
        ("api scan", "Different repositories.team/api.scanOnPush",
            aws => aws.Ecr.PutImageScanningConfigurationAsync("team/api", true, Sessions.Soon)),
        ("api tag", "Different repositories.team/api.tags.team", aws => TagAsync(aws, "team/api", "team", "other")),
        ("api tag", "Missing repositories.team/api.tags.team",
            aws => aws.Ecr.Tags.RemoveAsync(Grant("team/api").RepositoryArn, ["team"], Sessions.Soon)),
        ("web tag", "Extra repositories.team/web.tags.owner", aws => TagAsync(aws, "team/web", "owner", "me")),
        ("service rules", "Missing repositories.jwt-pizza-service.lifecycle",
            aws => new LifecycleService(aws.Ecr, aws.Region).RemoveAsync("jwt-pizza-service", new([], []), Sessions.Soon)),
        ("service rules", "Different repositories.jwt-pizza-service.lifecycle", aws => RulesAsync(aws, LifecycleRule.KeepLast(3))),
        ("service rules", "Extra repositories.jwt-pizza-service.lifecycle.tagged v*",
            aws => RulesAsync(aws, LifecycleRule.KeepLastTagged(3, "v*") with { Priority = 1 })),
        ("api rules", "Different repositories.team/api.lifecycle", aws => new LifecycleService(aws.Ecr, aws.Region).SetAsync("team/api",
            new([LifecycleRule.KeepLastTagged(5, "release-*") with { Priority = 7 }], false, true), Sessions.Soon)),
        ("api pull", "Missing repositories.team/api.access.pull.210987654321",
            aws => AccessAsync(aws, "team/api", p => p.Revoke([AccessGrant.Pull(AccessPrincipal.OfAccount("aws", "210987654321"))]))),
        ("api push", "Missing repositories.team/api.access.push.o-a1b2c3d4e5",
            aws => AccessAsync(aws, "team/api", p => p.Revoke([AccessGrant.Push(AccessPrincipal.OfOrganization("o-a1b2c3d4e5"))]))),
        ("web pull", "Extra repositories.team/web.access.pull.arn:aws:iam::210987654321:role/reader", aws => AccessAsync(aws, "team/web",
            p => p.Grant([AccessGrant.Pull(AccessPrincipal.OfRole("aws", "", "arn:aws:iam::210987654321:role/reader"))]))),
        ("new", "Extra repositories.new", aws => new RepositoryService(aws.Ecr).CreateAsync(Name("new"), new(), Sessions.Soon)),
        ("trust", "Missing roles.github-ci.trust.repo:my-account/jwt-pizza-service:ref:refs/heads/main", aws =>
            new TrustService(aws.Iam).EditAsync("github-ci",
                p => p.Remove(["repo:my-account/jwt-pizza-service:ref:refs/heads/main"]), Sessions.Soon)),
        ("team trust", "Extra roles.team-ci.trust.repo:stranger/fork:*", aws => new TrustService(aws.Iam).EditAsync("team-ci",
            p => p.Add([GitHubSubject.Parse("repo:stranger/fork:*")]), Sessions.Soon)),
        ("push", "Missing roles.github-ci.push.jwt-pizza-service", async aws =>
        {
            CiPolicyService policies = new(aws.Iam);
            await policies.ApplyAsync(await policies.PlanRevokeAsync(
                CiPolicyTarget.For("github-ci", null), [Grant("jwt-pizza-service")], false, Sessions.Soon), Sessions.Soon);
        }),
        ("more push", "Extra roles.github-ci.push.team/api", aws => AllowAsync(aws, "github-ci", Grant("team/api"))),
        ("wider push", "Extra roles.team-ci.push.team/api.includePull",
            aws => AllowAsync(aws, "team-ci", Grant("team/api", "blue") with { IncludePull = true })),
        ("detached", "Missing roles.team-ci.policyName", aws => aws.Iam.DetachRolePolicyAsync(
            "team-ci", "arn:aws:iam::123456789012:policy/team-ci-deployment", Sessions.Soon)),
        ("role", "Extra roles.other-ci", aws => RoleAsync(aws, "other-ci", "repo:o/r:ref:refs/heads/main")),
    ];

    private static Task TagAsync(AwsSession aws, string name, string key, string value) =>
        aws.Ecr.Tags.AddAsync(Grant(name).RepositoryArn, Tags(key, value), Sessions.Soon);

    private static async Task RulesAsync(AwsSession aws, LifecycleRule rule) =>
        await new LifecycleService(aws.Ecr, aws.Region).SetAsync("jwt-pizza-service", StateRules.Change([rule]), Sessions.Soon);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Seeds))]
    public async Task Any_damage_is_named_exactly_and_mended(int seed)
    {
        Random random = new(seed);
        var chosen = s_damage.OrderBy(_ => random.Next()).DistinctBy(d => d.Thing).Take(1 + random.Next(8)).ToArray();
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await FurnishAsync(aws);
        PizzaState state = await ExportAsync(aws);
        foreach (var damage in chosen.OrderBy(d => d.Thing == "detached")) await damage.DoAsync(aws);
        Assert.Equal(chosen.Select(d => d.Difference).Order(), (await CompareAsync(aws, state)).Order());
        await SyncAsync(aws, state);
        Assert.Empty(await CompareAsync(aws, state));
        Assert.Equal(StateWriter.Write(state).ToJsonString(), StateWriter.Write(await ExportAsync(aws)).ToJsonString());
    }

    [Fact]
    public void Every_damage_is_tried_by_some_seed() => Assert.Equal(s_damage.Select(d => d.Difference).Distinct().Count(),
        Seeds.SelectMany(row =>
        {
            Random random = new(row.Data);
            return s_damage.OrderBy(_ => random.Next()).DistinctBy(d => d.Thing).Take(1 + random.Next(8)).ToArray();
        }).Select(d => d.Difference).Distinct().Count());

    [Fact(Timeout = Limit)]
    public async Task Statements_of_others_are_named_and_left_alone()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await FurnishAsync(aws);
        await aws.Ecr.SetRepositoryPolicyAsync("team/web", Theirs, Sessions.Soon);
        PizzaState state = await ExportAsync(aws);
        string digest = state.For("team/web").OtherStatements!["Theirs"];
        Assert.Equal(["AllObjectActions", "InvalidateCloudFront", "ListObjectsInBucket"],
            state.Roles!.Single(r => r.Key == "github-ci").Value.OtherStatements.Keys.Order());
        Assert.Empty(await CompareAsync(aws, state));

        await aws.Ecr.SetRepositoryPolicyAsync("team/web",
            Theirs.Replace("DescribeImages", "*", StringComparison.Ordinal), Sessions.Soon);
        StateChange change = Assert.Single((await new StateService(aws, 8).CompareAsync(state, Sessions.Soon)).All);
        Assert.Equal(("repositories.team/web.access.otherStatements.Theirs", StateDifferenceKind.Different, digest),
            (change.Row.Path, change.Row.Kind, change.Row.Wanted));
        Assert.Null(change.MakeAsync);

        await aws.Ecr.DeleteRepositoryPolicyAsync("team/web", Sessions.Soon);
        Assert.Equal(["Missing repositories.team/web.access.otherStatements.Theirs"], await CompareAsync(aws, state));
    }

    [Fact(Timeout = Limit)]
    public async Task A_statement_that_somebody_narrowed_is_theirs()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await new RepositoryService(aws.Ecr).CreateAsync(Name("api"), new(), Sessions.Soon);
        await aws.Ecr.SetRepositoryPolicyAsync("api", """
            {"Version":"2012-10-17","Statement":[{"Sid":"PullFromECR","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::210987654321:root"]},
             "Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}
            """, Sessions.Soon);
        RepositoryState repository = (await ExportAsync(aws)).For("api");
        Assert.Null(repository.Pull);
        Assert.Equal(["PullFromECR"], repository.OtherStatements!.Keys);
    }

    [Fact(Timeout = Limit)]
    public async Task A_section_that_the_file_does_not_have_is_not_read()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        Assert.Empty(await CompareAsync(aws, new() { Repositories = [] }));
        Assert.DoesNotContain(sandbox.Calls, c => c.Operation.Contains("Role", StringComparison.Ordinal));
        Assert.Equal(["Extra roles.github-ci"], await CompareAsync(aws, new() { Roles = [] }));
        Assert.Single(sandbox.Calls, c => c.Operation == "DescribeRepositories");
    }

    [Fact(Timeout = Limit)]
    public async Task A_pattern_gives_settings_to_what_is_there_and_creates_nothing()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await new RepositoryService(aws.Ecr).CreateAsync(Name("team/api"), new(), Sessions.Soon);
        PizzaState state = new()
        {
            Repositories = [KeyValuePair.Create("team/*", new RepositoryState { ImageTagMutability = "IMMUTABLE" }),
                KeyValuePair.Create("none/*", new RepositoryState())],
        };
        Assert.Equal(["Different repositories.team/api.imageTagMutability"], await CompareAsync(aws, state));
        await SyncAsync(aws, state);
        Assert.Empty(await CompareAsync(aws, state));
    }
}
