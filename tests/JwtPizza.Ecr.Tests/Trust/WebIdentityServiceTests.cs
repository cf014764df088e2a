using System.Net;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>A role by a token: what is sent, what a refusal tells, and that a change which is seen late is waited for.</summary>
public sealed class WebIdentityServiceTests
{
    private const int Patience = 60_000;
    private const string RoleArn = "arn:aws:iam::123456789012:role/github-ci";
    private static readonly WebIdentityRequest s_request = new(RoleArn, "run-1", null);
    private static readonly GitHubTokenRequest s_trusted =
        new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AwsOptions Options(EcrSandbox sandbox) =>
        new()
        {
            EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
            SecretKey = sandbox.Info.SecretKey,
        };

    private static WebIdentityService Service(AwsSession aws, double seconds = 0) =>
        new(aws, TimeSpan.FromSeconds(seconds), TimeProvider.System);

    [Fact(Timeout = Patience)]
    public async Task The_call_is_not_signed_and_fits_AWSs_model()
    {
        ServiceModel model = ServiceModel.Load("sts");
        string answer = Conversations.Xml("AssumeRoleWithWebIdentity",
            "<Credentials><AccessKeyId>ASIAEXAMPLEEXAMPLE12</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken><Expiration>2026-11-22T01:00:00Z</Expiration></Credentials>" +
            "<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:run-1</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/github-ci/run-1</Arn></AssumedRoleUser>", "https://sts.amazonaws.com/doc/2011-06-15/");
        Assert.Empty(model.CheckOutput("AssumeRoleWithWebIdentity", XElement.Parse(answer)));
        await using ScriptedServer server = new(Answer.Xml(answer));
        // and nobody looks for credentials
        using AwsSession aws = AwsSession.Open(new() { EndpointUrl = server.Url, Region = "eu-central-1" });
        AssumedRole role =
            await aws.AnonymousSts.AssumeRoleWithWebIdentityAsync(s_request with { DurationSeconds = 900 }, "a.b+c/d=", Cancel);
        Assert.Equal(("ASIAEXAMPLEEXAMPLE12", "secret", "session", new DateTimeOffset(2026, 11, 22, 1, 0, 0, TimeSpan.Zero)),
            (role.AccessKeyId, role.SecretAccessKey, role.SessionToken, role.ExpiresAt));
        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        IReadOnlyDictionary<string, string> form = QueryForm.Parse(request.Text);
        Assert.Empty(model.CheckInput("AssumeRoleWithWebIdentity", form));
        Assert.Equal(("a.b+c/d=", "900"), (form["WebIdentityToken"], form["DurationSeconds"]));
    }

    [Fact(Timeout = Patience)]
    public async Task A_trust_that_is_seen_late_is_waited_for()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { ConsistencyDelay = TimeSpan.FromSeconds(1) });
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        string token = sandbox.IssueGitHubToken(s_trusted with { Repository = GitHubRepository.Parse("o/late") });
        await aws.Iam.UpdateAssumeRolePolicyAsync("github-ci", TrustPolicy.Parse("github-ci", RoleArn, Policies.Course)
            .Add([GitHubSubject.Parse("repo:o/late:ref:refs/heads/main")]).Document.Text!, Cancel);
        Assert.Equal("AccessDenied",
            (await Assert.ThrowsAsync<PizzaException>(() => Service(aws).AssumeAsync(s_request, token, Cancel))).ErrorId);
        Assert.StartsWith("ASIA", (await Service(aws, 30).AssumeAsync(s_request, token, Cancel)).AccessKeyId, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData("my-account/jwt-pizza", "dev", RoleArn, "subject is 'repo:my-account/jwt-pizza:ref:refs/heads/dev'",
        "statement 1: StringLike token.actions.githubusercontent.com:sub wants")]
    [InlineData("my-account/jwt-pizza", "main", "arn:aws:iam::123456789012:role/nobody", "There is no role 'nobody'", "New-PizzaCiRole")]
    [InlineData("my-account/jwt-pizza", "main", "arn:aws:iam::210987654321:role/github-ci", "check account and path", RoleArn)]
    public async Task A_refusal_tells_the_subject_and_what_the_role_says(
        string repository, string branch, string role, string first, string second)
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        string token =
            sandbox.IssueGitHubToken(new() { Repository = GitHubRepository.Parse(repository), Scope = SubjectScope.Branch(branch) });
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => Service(aws).AssumeAsync(s_request with { RoleArn = role }, token, Cancel));
        Assert.Equal(("AccessDenied", PizzaErrorKind.PermissionDenied), (e.ErrorId, e.Kind));
        Assert.Contains(first, e.Message, StringComparison.Ordinal);
        Assert.Contains(second, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, e.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task Who_may_not_read_the_role_is_told_the_subject_and_how_to_find_out()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        sandbox.SetFault(new() { Operation = "GetRole", Error = "AccessDenied" });
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        string token = sandbox.IssueGitHubToken(s_trusted with { Repository = GitHubRepository.Parse("o/r") });
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => Service(aws).AssumeAsync(s_request, token, Cancel));
        Assert.Contains("Test-PizzaTrustSubject -Subject 'repo:o/r:ref:refs/heads/main' -RoleName github-ci", e.Message,
            StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData("api://x", null, "InvalidIdentityToken", "Register-PizzaOidcProvider -Audience 'api://x'")]
    [InlineData("sts.amazonaws.com", 7200, "ValidationError", "leave -DurationSeconds out")]
    public async Task Other_refusals_tell_the_next_step(string audience, int? seconds, string id, string next)
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        string token = sandbox.IssueGitHubToken(s_trusted with { Audience = audience });
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                Service(aws).AssumeAsync(s_request with { DurationSeconds = seconds }, token, Cancel));
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(next, e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task An_account_that_does_not_know_GitHub_says_how_to_register_it()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                Service(aws).AssumeAsync(s_request, sandbox.IssueGitHubToken(s_trusted), Cancel));
        Assert.Contains("Register-PizzaOidcProvider", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task The_sandbox_gives_a_job_its_token_and_nobody_without_the_key()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        IReadOnlyDictionary<string, string> variables = sandbox.ActionsVariables(
            new() { Repository = GitHubRepository.Parse("o@1/r@2"), Scope = SubjectScope.Environment("eu:prod & more") });
        GitHubToken token = GitHubToken.Read(await new ActionsTokenClient(variables.GetValueOrDefault).GetAsync("aud-1", Cancel));
        Assert.Equal("repo:o@1/r@2:environment:eu%3Aprod & more", token.Subject);
        Assert.Equal(["aud-1"], token.Audiences);
        using HttpClient http = new();
        Assert.Equal(HttpStatusCode.Unauthorized,
            (await http.GetAsync(new Uri(variables["ACTIONS_ID_TOKEN_REQUEST_URL"]), Cancel)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
        foreach (string bad in new[]
        {
            "", "?repository=o/r", "?repository=nonsense&context=pull_request", "?repository=o/r&context=nonsense",
            "?repository=o/r&context=ref:refs/heads/*",
        })
            Assert.Equal(HttpStatusCode.BadRequest,
                (await http.GetAsync(new Uri(sandbox.Info.EndpointUrl + "/_github/actions/token" + bad), Cancel)).StatusCode);
    }

    [Fact(Timeout = Patience)]
    public async Task Only_credentials_that_the_sandbox_gave_out_are_its_own()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = AwsSession.Open(Options(sandbox));
        AssumedRole role = await Service(aws).AssumeAsync(s_request, sandbox.IssueGitHubToken(s_trusted), Cancel);
        Assert.True(sandbox.HasIssued(role.AccessKeyId, role.SessionToken));
        Assert.False(sandbox.HasIssued(role.AccessKeyId, "another"));
        Assert.False(sandbox.HasIssued(sandbox.Info.AccessKey, null));
        Assert.False(sandbox.HasIssued(null, null));
    }
}

/// <summary>The environment of the process, as it was and as it becomes.</summary>
[Collection(nameof(Environs))]
public sealed class SessionEnvironmentTests
{
    private static AssumedRole Role(string key) =>
        new()
        {
            AccessKeyId = key, SecretAccessKey = "s-" + key, SessionToken = "t-" + key, ExpiresAt = DateTimeOffset.MaxValue, Arn = "arn",
        };

    [Fact]
    public void What_was_there_comes_back_also_after_two_roles()
    {
        using Environs environs = new(("AWS_ACCESS_KEY_ID", "before"), ("AWS_REGION", "eu-west-1"));
        SessionEnvironment.Set(Role("one"), null);
        Assert.Equal(("one", "s-one", "t-one", "eu-west-1"),
            (Get("AWS_ACCESS_KEY_ID"), Get("AWS_SECRET_ACCESS_KEY"), Get("AWS_SESSION_TOKEN"), Get("AWS_REGION")));
        SessionEnvironment.Set(Role("two"), "us-east-2");
        Assert.Equal(("two", "us-east-2", "us-east-2"), (Get("AWS_ACCESS_KEY_ID"), Get("AWS_REGION"), Get("AWS_DEFAULT_REGION")));
        Assert.Equal(5, SessionEnvironment.Restore().Count);
        Assert.Equal(("before", null, null, "eu-west-1", null),
            (Get("AWS_ACCESS_KEY_ID"), Get("AWS_SECRET_ACCESS_KEY"), Get("AWS_SESSION_TOKEN"), Get("AWS_REGION"),
                Get("AWS_DEFAULT_REGION")));
        Assert.Empty(SessionEnvironment.Restore());
    }

    [Fact]
    public void What_somebody_else_has_set_meanwhile_is_not_touched()
    {
        using Environs environs = new();
        SessionEnvironment.Set(Role("one"), null);
        environs.Set("AWS_ACCESS_KEY_ID", "theirs");
        Assert.Empty(SessionEnvironment.Restore());
        Assert.Equal("theirs", Get("AWS_ACCESS_KEY_ID"));
        environs.Set("AWS_SECRET_ACCESS_KEY", null);
        environs.Set("AWS_SESSION_TOKEN", null);
    }

    private static string? Get(string name) => Environment.GetEnvironmentVariable(name);
}
