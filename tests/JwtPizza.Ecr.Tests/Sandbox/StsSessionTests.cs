using System.Net.Http.Headers;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.Sts;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>AssumeRole, and what becomes of temporary credentials.</summary>
public sealed class StsSessionTests
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15";

    [Fact]
    public async Task The_user_assumes_a_role_that_trusts_the_account()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "ops", "arn:aws:iam::123456789012:root");
        (_, XElement answer) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/ops"), ("RoleSessionName", "me"));
        Assert.Empty(ServiceModel.Load("sts").CheckOutput("AssumeRole", answer));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/ops/me", Value(await Call(sandbox, answer, "GetCallerIdentity", Sts), "Arn"));
    }

    [Theory]
    [InlineData("arn:aws:iam::999999999999:root", "AccessDenied")]
    [InlineData("arn:aws:iam::123456789012:role/github-ci", "AccessDenied")]
    [InlineData("arn:aws:iam::123456789012:user/sandbox", null)]
    [InlineData("*", null)]
    public async Task Only_whom_the_trust_policy_names_gets_in(string principal, string? code)
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "ops", principal);
        (_, XElement answer) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/ops"), ("RoleSessionName", "me"));
        Assert.Equal(code, answer.Descendants().FirstOrDefault(e => e.Name.LocalName == "Code")?.Value);
        if (code is not null)
            Assert.Equal(
                "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: sts:AssumeRole on resource: " +
                "arn:aws:iam::123456789012:role/ops", Value(answer, "Message"));
    }

    [Fact]
    public async Task A_role_chains_to_another_only_with_a_right_of_its_own_or_by_name_and_for_an_hour_at_most()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "first", "*");
        await Role(sandbox, "by-account", "123456789012");
        await Role(sandbox, "by-name", "arn:aws:iam::123456789012:role/first", ("MaxSessionDuration", "7200"));
        (_, XElement first) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/first"), ("RoleSessionName", "me"));
        Assert.Equal("AccessDenied", Value(await Assume("by-account"), "Code"));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/by-name/me", Value(await Assume("by-name"), "Arn"));
        Assert.Contains("role chaining", Value(await Assume("by-name", ("DurationSeconds", "7200")), "Message"), StringComparison.Ordinal);
        await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "first"), ("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/by-account/me", Value(await Assume("by-account"), "Arn"));

        Task<XElement> Assume(string role, params (string, string)[] more) =>
            Call(sandbox, first, "AssumeRole", Sts,
                [("RoleArn", "arn:aws:iam::123456789012:role/" + role), ("RoleSessionName", "me"), .. more]);
    }

    [Theory]
    [InlineData("by-account", "ecr:*", "AccessDenied")]
    [InlineData("by-name", "ecr:*", "AccessDenied")]
    [InlineData("by-account", "sts:Assume*", null)]
    [InlineData("by-name", "sts:Assume*", null)]
    public async Task A_boundary_limits_which_roles_a_role_can_assume(string role, string allowed, string? code)
    {
        await using TestSandbox sandbox = new();
        string boundary = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{allowed}}","Resource":"*"}]}""";
        await sandbox.Query("CreatePolicy", Iam, ("PolicyName", "boundary"), ("PolicyDocument", boundary));
        await Role(sandbox, "first", "*", ("PermissionsBoundary", "arn:aws:iam::123456789012:policy/boundary"));
        await sandbox.Query("PutRolePolicy", Iam, ("RoleName", "first"), ("PolicyName", "p"), ("PolicyDocument", IamBox.AllowAll));
        await Role(sandbox, "by-account", "123456789012");
        await Role(sandbox, "by-name", "arn:aws:iam::123456789012:role/first");
        (_, XElement first) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/first"), ("RoleSessionName", "me"));
        XElement answer =
            await Call(sandbox, first, "AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/" + role), ("RoleSessionName", "me"));
        Assert.Equal(code, answer.Descendants().FirstOrDefault(e => e.Name.LocalName == "Code")?.Value);
    }

    [Theory]
    [InlineData("role/ops")]
    [InlineData("arn:aws:iam::123456789012:")]
    [InlineData("arn::iam::123456789012:role/ops")]
    [InlineData("arn:aws:::123456789012:role/ops")]
    [InlineData("arn:aws:iam:123456789012:role/ops")]
    public async Task A_role_by_what_is_no_ARN_is_a_validation_error(string arn)
    {
        await using TestSandbox sandbox = new();
        string padded = arn.PadRight(20, 'x');
        (System.Net.HttpStatusCode status, XElement answer) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", arn.EndsWith(':') ? arn : padded), ("RoleSessionName", "me"));
        Assert.Equal((System.Net.HttpStatusCode.BadRequest, "ValidationError", $"{(arn.EndsWith(':') ? arn : padded)} is invalid"),
            (status, Value(answer, "Code"), Value(answer, "Message")));
    }

    [Fact]
    public async Task A_name_of_a_session_that_breaks_the_pattern_is_named_with_it()
    {
        await using TestSandbox sandbox = new();
        (_, XElement answer) = await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/github-ci"),
            ("RoleSessionName", "Session1:2"));
        Assert.Equal(
            @"1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*", Value(answer, "Message"));
    }

    [Fact]
    public async Task A_role_of_another_account_is_assumed_where_its_trust_policy_and_the_callers_own_policies_allow_it()
    {
        await using TestSandbox sandbox = new(new() { Enforce = true });
        await Role(sandbox, "ours", "arn:aws:iam::999999999999:root");
        (string, string)[] ours = [("RoleArn", "arn:aws:iam::123456789012:role/ours"), ("RoleSessionName", "me")];
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/ours/me",
            Value(await Call(sandbox, "999999999999", "", "AssumeRole", Sts, ours), "Arn"));
        Assert.Equal("AccessDenied", Value(await Call(sandbox, "888888888888", "", "AssumeRole", Sts, ours), "Code"));
        // the trust policy names another account than the caller's
        Assert.Equal("AccessDenied", Value((await sandbox.Query("AssumeRole", Sts, ours)).Answer, "Code"));
        XElement theirs = await Call(sandbox, "999999999999", "", "ListRoles", Iam);
        Assert.DoesNotContain(theirs.Descendants(), e => e.Name.LocalName == "RoleName");   // every account has its own
    }

    [Fact]
    public async Task An_external_id_is_a_condition_like_any_other()
    {
        await using TestSandbox sandbox = new();
        await Role(sandbox, "ops", "*", condition: ""","Condition":{"StringEquals":{"sts:ExternalId":"x1"}}""");
        (_, XElement without) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/ops"), ("RoleSessionName", "me"));
        (_, XElement with) = await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/ops"),
            ("RoleSessionName", "me"), ("ExternalId", "x1"));
        Assert.Equal(("AccessDenied", "AssumeRoleResponse"), (Value(without, "Code"), with.Name.LocalName));
    }

    [Fact]
    public async Task Credentials_that_STS_never_gave_are_refused_by_every_protocol()
    {
        await using TestSandbox sandbox = new();
        Assert.Equal("InvalidClientTokenId", Value(await Call(sandbox, "ASIAABCDEFGHIJKLMNOP", "t", "GetCallerIdentity", Sts), "Code"));
        await Role(sandbox, "ops", "*");
        (_, XElement ops) =
            await sandbox.Query("AssumeRole", Sts, ("RoleArn", "arn:aws:iam::123456789012:role/ops"), ("RoleSessionName", "me"));
        Assert.Equal("InvalidClientTokenId",
            Value(await Call(sandbox, Value(ops, "AccessKeyId"), "another token", "ListRoles", Iam), "Code"));
        string json = await Ecr(sandbox, "ASIAABCDEFGHIJKLMNOP", "t");
        Assert.Contains("UnrecognizedClientException", json, StringComparison.Ordinal);
        Assert.Contains("repositories", await Ecr(sandbox, Value(ops, "AccessKeyId"), Value(ops, "SessionToken")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_expire_when_the_clock_says_so()
    {
        SteppingClock clock = new();
        Sessions sessions = new(new IamWorld("123456789012", clock), "AKIAOWN");
        (string key, Session session) = sessions.Issue(TimeSpan.FromHours(1), (secret, token, from, until) => new()
        {
            Partition = "aws", AccountId = "123456789012", RoleName = "github-ci", Identity = new("arn", "id"), SecretKey = secret,
            Token = token, IssuedAt = from, ExpiresAt = until,
        });
        Caller caller = new(key, "us-east-1", session.Token);
        Assert.Equal(CredentialProblem.None, sessions.Examine(caller));
        clock.Now += TimeSpan.FromMinutes(59);
        Assert.Equal(CredentialProblem.None, sessions.Examine(caller));
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(CredentialProblem.Expired, sessions.Examine(caller));
    }

    [Fact]
    public void A_web_identity_token_expires_after_five_minutes()
    {
        SteppingClock clock = new();
        IamWorld iam = new("123456789012", clock, seed: CourseSeed.Plant);
        TokenIssuer issuer = new(clock, "http://127.0.0.1:1");
        StsWorld sts = new(iam, issuer, new(iam, "AKIAOWN"), "us-east-1");
        string token =
            issuer.Issue(
                GitHubClaims.Of(new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") },
                    Partition.Commercial));
        Assert.Equal("sts.amazonaws.com", Verify().Audience);
        clock.Now += TimeSpan.FromMinutes(5);
        ApiError e = Assert.Throws<ApiError>(Verify);
        Assert.Equal("ExpiredTokenException", e.Code);
        Assert.Equal(
            $"Token expired: current date/time {clock.Now.ToUnixTimeSeconds()} must be before the expiration date/time " +
            $"{clock.Now.ToUnixTimeSeconds()}", e.Message);

        WebIdentity Verify()
        {
            lock (sts.Home.Gate) { }   // plants the seed
            return WebIdentity.Verify(token, sts, sts.Home);
        }
    }

    internal static Task<XElement> Call(
        TestSandbox sandbox, XElement credentials, string action, string version, params (string, string)[] fields) =>
        Call(sandbox, Value(credentials, "AccessKeyId"), Value(credentials, "SessionToken"), action, version, fields);

    internal static async Task<XElement> Call(
        TestSandbox sandbox, string key, string token, string action, string version, params (string Name, string Value)[] fields)
    {
        using HttpRequestMessage request = Signed(key, token, action.StartsWith("Assume", StringComparison.Ordinal) ? "sts" : "iam");
        request.Content = new FormUrlEncodedContent(
            [new("Action", action), new("Version", version), .. fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))]);
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string> Ecr(TestSandbox sandbox, string key, string token)
    {
        using HttpRequestMessage request = Signed(key, token, "ecr");
        request.Headers.Add("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
        request.Content = new StringContent("{}");
        using HttpResponseMessage answer = await sandbox.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Signed(string key, string token, string service)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("AWS4-HMAC-SHA256",
            $"Credential={key}/20261121/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        if (token.Length > 0) request.Headers.Add("X-Amz-Security-Token", token.Replace(' ', '_'));
        return request;
    }

    private static async Task Role(TestSandbox sandbox, string name, string principal, (string, string)? more = null, string condition = "")
    {
        string trust =
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":"sts:AssumeRole"{{condition}}}]}""";
        (System.Net.HttpStatusCode status,
            XElement answer) = await sandbox.Query("CreateRole", Iam,
                [("RoleName", name), ("AssumeRolePolicyDocument", trust), .. more is { } m ? new[] { m } : []]);
        Assert.True(status == System.Net.HttpStatusCode.OK, answer.ToString());
    }

    private static string Value(XElement answer, string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;
}
