using System.Text;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Grants;

/// <summary>Grants over HTTP, against the sandbox's IAM and against moto, which both hold to five versions and to Sids that are
/// unique.</summary>
public sealed class CiPolicyOnIamTests
{
    private const int Limit = 120_000;
    private const string Course = "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment";
    private static readonly CiPolicyTarget s_target = new("github-ci", "jwt-pizza-ci-deployment", null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static CiGrant Of(string name) =>
        CiGrant.For($"arn:aws:ecr:us-east-1:123456789012:repository/{name}", null, null, "jwt-pizza-ecs");

    private static async Task<CiPolicyOutcome> RunAsync(CiPolicyService policies, CiPolicyPlan plan) =>
        plan.IsChange ? await policies.ApplyAsync(plan, Token) : CiPolicyService.Unchanged(plan);

    private static async Task<string> DocumentAsync(AwsSession aws, string arn)
    {
        IamPolicy policy = await aws.Iam.GetPolicyAsync(arn, Token);
        return (await aws.Iam.GetPolicyVersionAsync(arn, policy.DefaultVersionId, Token)).Document!;
    }

    /// <summary>Nine versions of one policy: the five newest stay, and what was granted first and taken out again is gone.</summary>
    private static async Task WholeStoryAsync(AwsSession aws)
    {
        CiPolicyService policies = new(aws.Iam);
        for (int i = 1; i <= 8; i++)
            Assert.Equal(ChangeStatus.Created,
                (await RunAsync(policies,
                    await policies.PlanGrantAsync(s_target, [Of($"repo-{i}") with { IncludeVerify = true }],
                        Token))).Grants.Single().Status);
        Assert.False((await policies.PlanGrantAsync(s_target, [.. Enumerable.Range(1, 8).Select(i => Of($"repo-{i}"))], Token)).IsChange);
        CiPolicyPlan revoke = await policies.PlanRevokeAsync(s_target, [Of("repo-1"), Of("repo-2")], false, Token);
        CiPolicyGrant revoked = (await RunAsync(policies, revoke)).Grants[0];
        Assert.Equal(ChangeStatus.Removed, revoked.Status);
        Assert.Equal(5, (await aws.Iam.ListPolicyVersionsAsync(revoked.PolicyArn, Token)).Count);
        string document = await DocumentAsync(aws, revoked.PolicyArn);
        Assert.Equal(revoke.Edit.Document.Text!, document);
        Assert.DoesNotContain("repo-1\"", document, StringComparison.Ordinal);
        Assert.Contains("repo-8\"", document, StringComparison.Ordinal);
        List<string> attached = [];
        await foreach ((string name, _) in aws.Iam.ListAttachedRolePoliciesAsync("github-ci", Token)) attached.Add(name);
        Assert.Contains("jwt-pizza-ci-deployment", attached);
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_the_policy_of_the_course_is_extended_its_versions_rotated_and_grants_taken_back()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        string before = await DocumentAsync(aws, Course);
        await WholeStoryAsync(aws);
        Assert.StartsWith(before[..before.LastIndexOf('}', before.LastIndexOf(']'))], await DocumentAsync(aws, Course),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task On_the_sandbox_a_policy_that_is_missing_is_made_and_no_other_changes()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        string before = await DocumentAsync(aws, Course);
        CiPolicyService policies = new(aws.Iam);
        CiPolicyPlan plan = await policies.PlanGrantAsync(s_target with { PolicyName = "new" }, [Of("repo-1")], Token);
        Assert.True(plan.Attach);
        CiPolicyGrant made = (await RunAsync(policies, plan)).Grants.Single();
        Assert.Equal("v1", made.VersionId);
        Assert.Equal(plan.Edit.Document.Text!, await DocumentAsync(aws, made.PolicyArn));
        Assert.Equal(before, await DocumentAsync(aws, Course));
    }

    [Fact(Timeout = Limit)]
    public async Task On_moto_a_policy_is_made_extended_its_versions_rotated_and_grants_taken_back()
    {
        await using Moto moto = await Moto.StartAsync();
        await CreateRoleAsync(moto);
        using AwsSession aws = AwsSession.Open(moto.Options);
        await WholeStoryAsync(aws);
    }

    [Fact(Timeout = Limit)]
    public async Task Twenty_parallel_sessions_leave_twenty_repositories()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        await Task.WhenAll(Enumerable.Range(1, 20).Select(async i =>
        {
            using AwsSession aws = Open(sandbox);
            CiPolicyService policies = new(aws.Iam);
            await RunAsync(policies, await policies.PlanGrantAsync(s_target, [Of($"repo-{i}")], Token));
        }));
        using AwsSession reader = Open(sandbox);
        string document = await DocumentAsync(reader, Course);
        Assert.All(Enumerable.Range(1, 20), i => Assert.Contains($"repository/repo-{i}\"", document, StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task The_name_of_a_repository_becomes_an_ARN_only_where_the_repository_is()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { RegistryId = "001234567890" });
        using AwsSession aws = Open(sandbox);
        RepositoryArns arns = new(aws);
        await aws.Ecr.CreateRepositoryAsync("api", new RepositorySettings(), Token);
        Assert.Equal("arn:aws:ecr:us-east-1:001234567890:repository/api",
            await arns.FindAsync(RepositoryName.Parse("api"), null, mustExist: true, Token));
        Assert.Equal("RepositoryNotFoundException",
            (await Assert.ThrowsAsync<PizzaException>(() =>
                arns.FindAsync(RepositoryName.Parse("apo"), null, mustExist: true, Token))).ErrorId);
        Assert.Equal("arn:aws:ecr:us-east-1:001234567890:repository/apo",
            await arns.FindAsync(RepositoryName.Parse("apo"), null, mustExist: false, Token));
        Assert.Equal("arn:aws:ecr:us-east-1:009999999999:repository/apo",
            await arns.FindAsync(RepositoryName.Parse("apo"), "009999999999", mustExist: true, Token));
    }

    private static async Task CreateRoleAsync(Moto moto)
    {
        const string trust =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, moto.Url)
        {
            Content =
                new StringContent(
                    $"Action=CreateRole&Version=2010-05-08&RoleName=github-ci&AssumeRolePolicyDocument={Uri.EscapeDataString(trust)}",
                    Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation("Authorization",
            "AWS4-HMAC-SHA256 Credential=testing/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        using HttpResponseMessage answer = await http.SendAsync(request, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
