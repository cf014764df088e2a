using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>A role from nothing and back to nothing, over HTTP: on the sandbox's IAM and on moto's.</summary>
public sealed class CiRoleOnIamTests
{
    private const int Patience = 120_000;
    private static readonly GitHubSubject s_main = GitHubSubject.Parse("repo:my-account/jwt-pizza-service:ref:refs/heads/main");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static CiRoleRequest Request(string role = "github-ci", params string[] repositories) =>
        new(new(role, "") { Description = "CI" }, [s_main], new(role, "jwt-pizza-ci-deployment", null),
            [.. repositories.Select(r => CiGrant.For($"arn:aws:ecr:us-east-1:123456789012:repository/{r}", null, null, "jwt-pizza-ecs"))]);

    private static async Task<CiRole> RunAsync(AwsSession aws, CiRoleRequest request, IProgress<string>? progress = null)
    {
        CiRoleService roles = new(aws);
        CiRolePlan plan = await roles.PlanAsync(request, Cancel);
        return plan.IsChange ? (await roles.ApplyAsync(plan, progress ?? new Steps(), Cancel)).Role : CiRoleService.Unchanged(plan);
    }

    private sealed class Steps : List<string>, IProgress<string>
    {
        public void Report(string value) => Add(value);
    }

    private static async Task WholeStoryAsync(AwsSession aws, string policyName, string policyArn)
    {
        Steps steps = [];
        CiRole made = await RunAsync(aws, Request(repositories: ["jwt-pizza-service"]), steps);
        Assert.Equal(ChangeStatus.Created, made.Status);
        Assert.Equal(3, steps.Count);
        Assert.Equal("arn:aws:iam::123456789012:role/github-ci", made.RoleArn);
        Assert.Equal(["sts.amazonaws.com"], await aws.Iam.GetOpenIDConnectProviderAudiencesAsync(Policies.Provider, Cancel));
        Assert.True(
            (await new TrustTester(aws.Iam, TimeProvider.System)
                .TestAsync("github-ci", GitHubToken.For(s_main, "sts.amazonaws.com"), Cancel)).Allowed);

        Assert.Equal(ChangeStatus.Unchanged, (await RunAsync(aws, Request(repositories: ["jwt-pizza-service"]))).Status);
        CiRole more = await RunAsync(aws, Request(repositories: ["jwt-pizza-service", "api"]));
        Assert.Equal((ChangeStatus.Changed, ChangeStatus.Unchanged, ChangeStatus.Created),
            (more.Status, more.Grants[0].Status, more.Grants[1].Status));

        RolePolicyService policies = new(aws.Iam);
        RolePolicyPlan plan = await policies.PlanAsync("github-ci", policyName, ofRole: false, Cancel);
        Assert.Equal(policyArn, plan.PolicyArn);
        Assert.Equal(ChangeStatus.Created, (await policies.GrantAsync(plan, Cancel)).Status);
        Assert.True((await policies.PlanAsync("github-ci", policyName.ToUpperInvariant(), ofRole: false, Cancel)).IsAttached);

        CiRoleRemovalService removal = new(aws.Iam);
        CiRole gone =
            await removal.ApplyAsync(await removal.PlanAsync("github-ci", "jwt-pizza-ci-deployment", Cancel), new Steps(), Cancel);
        Assert.Equal((ChangeStatus.Removed, s_main.Text), (gone.Status, gone.Subjects[0].Subject));
        Assert.Equal("NoSuchEntity",
            (await Assert.ThrowsAsync<PizzaException>(() => removal.PlanAsync("github-ci", null, Cancel))).ErrorId);
        Assert.Equal("NoSuchEntity",
            (await Assert.ThrowsAsync<PizzaException>(() => aws.Iam.GetPolicyAsync(more.PolicyArn!, Cancel))).ErrorId);
    }

    [Fact(Timeout = Patience)]
    public async Task On_the_sandbox_a_role_is_made_used_and_taken_away_again()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        using AwsSession aws = Open(sandbox);
        await WholeStoryAsync(aws, "AmazonECSTaskExecutionRolePolicy",
            "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy");
    }

    [Fact(Timeout = Patience)]
    public async Task On_moto_a_role_is_made_used_and_taken_away_again()
    {
        await using Moto moto = await Moto.StartAsync();
        using AwsSession aws = AwsSession.Open(moto.Options);
        // moto knows AWS's policies only on request
        IamPolicy own = await aws.Iam.CreatePolicyAsync("own",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""", null, Cancel);
        await WholeStoryAsync(aws, "own", own.Arn);
    }

    [Fact(Timeout = Patience)]
    public async Task A_change_that_is_seen_late_does_not_end_it()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true, ConsistencyDelay = TimeSpan.FromMilliseconds(400) });
        using AwsSession aws = Open(sandbox);
        Assert.Equal(ChangeStatus.Created, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_role_that_others_have_deleted_since_is_created_again()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        using AwsSession aws = Open(sandbox);
        Assert.Equal(ChangeStatus.Created, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
        sandbox.Reset();
        Assert.Equal(ChangeStatus.Created, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
        Assert.Equal(ChangeStatus.Unchanged, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_role_that_is_seen_late_is_not_created_twice()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true, ConsistencyDelay = TimeSpan.FromSeconds(2) });
        using AwsSession aws = Open(sandbox);
        await RunAsync(aws, Request(repositories: ["aa"]));
        CiRole again = await RunAsync(aws, Request(repositories: ["aa"]));
        Assert.Equal("github-ci", again.RoleName);
        Assert.Equal(1, sandbox.Calls.Count(c => c is { Operation: "CreateRole", ErrorCode: null }));
    }

    [Theory(Timeout = Patience)]
    [InlineData("CreateOpenIDConnectProvider", null)]
    [InlineData("CreateRole", "Register the identity provider")]
    [InlineData("CreatePolicy", "Create the role github-ci")]
    public async Task A_step_that_fails_says_what_is_done_and_a_second_run_completes_it(string operation, string? done)
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        using AwsSession aws = Open(sandbox);
        sandbox.SetFault(new() { Operation = operation, Error = "AccessDenied" });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => RunAsync(aws, Request(repositories: ["aa"])));
        Assert.Equal(PizzaErrorKind.PermissionDenied, e.Kind);
        Assert.Contains($"iam:{operation}", e.Message, StringComparison.Ordinal);
        Assert.Equal(done is not null, e.Message.Contains("Done before that:", StringComparison.Ordinal));
        Assert.Contains(done ?? "", e.Message, StringComparison.Ordinal);
        sandbox.RemoveFaults("*");
        Assert.NotEqual(ChangeStatus.Unchanged, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
        Assert.Equal(ChangeStatus.Unchanged, (await RunAsync(aws, Request(repositories: ["aa"]))).Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_role_that_serves_others_is_not_deleted()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        await aws.Iam.CreateRoleAsync(new("tasks", Policies.Ecs), Cancel);
        await RunAsync(aws, Request("tasks"));
        Assert.Equal("NotACiRole",
            (await Assert.ThrowsAsync<PizzaException>(() => new CiRoleRemovalService(aws.Iam).PlanAsync("tasks", null, Cancel))).ErrorId);
    }

    [Fact(Timeout = Patience)]
    public async Task Ten_sessions_that_make_the_same_role_make_one()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using AwsSession aws = Open(sandbox);
            for (int attempt = 0; attempt < 2; attempt++)
            {
                try { await RunAsync(aws, Request(repositories: ["aa"])); return; }
                catch (PizzaException e) when (e.ErrorId == "EntityAlreadyExists" && attempt == 0) { }
            }
        }));
        using AwsSession reader = Open(sandbox);
        Assert.Equal(ChangeStatus.Unchanged, (await RunAsync(reader, Request(repositories: ["aa"]))).Status);
    }
}
