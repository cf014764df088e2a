using System.Net;
using System.Text;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>GitHub's token in, temporary credentials out, or AWS's refusal.</summary>
public sealed class StsWebIdentityTests
{
    private const string Iam = "2010-05-08", Sts = "2011-06-15", RoleArn = "arn:aws:iam::123456789012:role/github-ci";
    private const string NotAuthorized = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    private static readonly GitHubTokenRequest s_trusted =
        new() { Repository = GitHubRepository.Parse("my-account/jwt-pizza"), Scope = SubjectScope.Branch("main") };

    [Fact]
    public async Task The_run_that_the_role_trusts_gets_credentials_that_work()
    {
        await using TestSandbox sandbox = new();
        (HttpStatusCode status, XElement answer) = await Assume(sandbox, sandbox.Box.IssueGitHubToken(s_trusted));
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        Assert.Empty(ServiceModel.Load("sts").CheckOutput("AssumeRoleWithWebIdentity", answer));
        Assert.Equal("repo:my-account/jwt-pizza:ref:refs/heads/main", Value(answer, "SubjectFromWebIdentityToken"));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/github-ci/run-1", Value(answer, "Arn"));
        XElement who = await As(sandbox, answer, "GetCallerIdentity", Sts);
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/github-ci/run-1", Value(who, "Arn"));
        Assert.Matches(@"\AAROA\w{17}:run-1\z", Value(who, "UserId"));
    }

    [Theory]
    [InlineData("my-account/other", "main")]
    [InlineData("my-account/jwt-pizza", "feature")]
    [InlineData("My-Account/jwt-pizza", "main")]
    [InlineData("my-account@11/jwt-pizza@22", "main")]
    public async Task Any_other_run_is_refused_in_AWSs_words_and_told_apart_only_by_Explain(string repository, string branch)
    {
        await using TestSandbox sandbox = new();
        GitHubRepository parsed = GitHubRepository.Parse(repository);
        string token = sandbox.Box.IssueGitHubToken(
            new() { Repository = parsed, Scope = SubjectScope.Branch(branch), Immutable = parsed.OwnerId is not null });
        (HttpStatusCode status, XElement answer) = await Assume(sandbox, token);
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied", NotAuthorized), (status, Value(answer, "Code"), Value(answer, "Message")));
        TrustVerdict verdict = sandbox.Box.Explain("github-ci", token);
        Assert.False(verdict.Allowed);
        Assert.Contains(
            "StringLike token.actions.githubusercontent.com:sub wants 'repo:my-account/jwt-pizza:ref:refs/heads/main', and it is 'repo:",
            Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"StringLike":{"G:sub":["repo:o/*","repo:o@1/r@2:*"]}}""", true)]
    [InlineData("""{"StringEquals":{"G:sub":"repo:o/*"}}""", false)]
    [InlineData("""{"StringLike":{"G:sub":"repo:o/r:*"},"StringEquals":{"G:aud":"sts.amazonaws.com","G:environment":"production"}}""",
        false)]
    [InlineData("""{"StringLike":{"G:SUB":"repo:o/r:*","G:job_workflow_ref":"o/r/.github/workflows/*@refs/heads/main"}}""", true)]
    [InlineData("""{"ForAnyValue:StringLike":{"G:sub":"repo:o/r:*"},"StringEqualsIfExists":{"G:environment":"production"}}""", true)]
    [InlineData("""{"ForAllValues:StringLike":{"G:sub":"repo:o/r:*","G:environment":"production"}}""", true)]
    [InlineData("""{"StringLike":{"G:sub":"repo:o/*"},"StringEquals":{"G:sub":"repo:x/y:ref:refs/heads/main"}}""", false)]
    [InlineData("""{"StringLike":{"G:sub":"repo:o/*"},"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}""", false)]
    public async Task The_trust_policy_is_evaluated_as_AWS_would(string condition, bool allowed)
    {
        await using TestSandbox sandbox = new();
        await Trust(sandbox, condition);
        (HttpStatusCode status,
            _) = await Assume(sandbox,
                sandbox.Box.IssueGitHubToken(new() { Repository = GitHubRepository.Parse("o/r"), Scope = SubjectScope.Branch("main") }));
        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, status);
    }

    [Fact]
    public async Task A_Deny_statement_wins()
    {
        await using TestSandbox sandbox = new();
        await Trust(sandbox, """{"StringLike":{"G:sub":"repo:my-account/*"}}""", """{"StringEquals":{"G:ref":"refs/heads/main"}}""");
        string token = sandbox.Box.IssueGitHubToken(s_trusted);
        Assert.Equal(HttpStatusCode.Forbidden, (await Assume(sandbox, token)).Status);
        Assert.Equal(["statement 2: denies it"], sandbox.Box.Explain("github-ci", token).Reasons);
        Assert.Equal(HttpStatusCode.OK,
            (await Assume(sandbox, sandbox.Box.IssueGitHubToken(s_trusted with { Scope = SubjectScope.GitTag("v1") }))).Status);
    }

    [Fact]
    public async Task A_role_that_is_not_there_is_refused_as_if_it_were()
    {
        await using TestSandbox sandbox = new();
        (_, XElement answer) = await Assume(sandbox, sandbox.Box.IssueGitHubToken(s_trusted), "arn:aws:iam::123456789012:role/nobody");
        Assert.Equal(("AccessDenied", NotAuthorized), (Value(answer, "Code"), Value(answer, "Message")));
    }

    [Theory]
    [InlineData("not-a-token", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")]
    [InlineData("a.b.c", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")]
    [InlineData("HEAD.{\"iss\":\"https://ci.example.com\",\"sub\":\"abc\"}.SIG",
        "No OpenIDConnect provider found in your account for https://ci.example.com")]
    [InlineData("HEAD.{\"iss\":\"https://token.actions.githubusercontent.com\"}.SIG", "Missing a required claim: sub")]
    [InlineData("{\"alg\":\"none\"}.BODY.SIG",
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for " +
        "requirements")]
    [InlineData(
        "HEAD.{\"iss\":\"https://token.actions.githubusercontent.com\",\"sub\":\"repo:my-account/jwt-pizza:ref:refs/heads/main\",\"aud\":\"sts.amazonaws.com\",\"exp\":9999999999}.SIG", "The ID Token provided is not a valid JWT. (Its signature does not fit.)")]
    public async Task A_token_that_GitHub_never_signed_is_refused(string shape, string message)
    {
        await using TestSandbox sandbox = new();
        string[] real = sandbox.Box.IssueGitHubToken(s_trusted).Split('.');
        string forged = shape.Replace("HEAD", real[0], StringComparison.Ordinal).Replace("BODY", real[1], StringComparison.Ordinal)
            .Replace("SIG", real[2], StringComparison.Ordinal);
        for (int start; (start = forged.IndexOf('{', StringComparison.Ordinal)) >= 0;)
        {
            string json = forged[start..(forged.LastIndexOf('}') + 1)];
            forged =
                forged.Replace(json, Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
                    StringComparison.Ordinal);
        }
        (HttpStatusCode status, XElement answer) = await Assume(sandbox, forged);
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidIdentityToken", message),
            (status, Value(answer, "Code"), Value(answer, "Message")));
    }

    [Fact]
    public async Task A_token_for_another_audience_is_refused()
    {
        await using TestSandbox sandbox = new();
        (_, XElement answer) = await Assume(sandbox, sandbox.Box.IssueGitHubToken(s_trusted with { Audience = "api://other" }));
        Assert.Equal(("InvalidIdentityToken", "Incorrect token audience"), (Value(answer, "Code"), Value(answer, "Message")));
    }

    [Fact]
    public async Task A_session_longer_than_the_role_allows_is_refused()
    {
        await using TestSandbox sandbox = new();
        (_, XElement answer) = await Assume(sandbox, sandbox.Box.IssueGitHubToken(s_trusted), RoleArn, ("DurationSeconds", "7200"));
        Assert.Equal(("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
            (Value(answer, "Code"), Value(answer, "Message")));
    }

    [Fact]
    public void A_token_is_for_one_run_and_not_for_a_pattern() => Assert.Equal("PatternIsNoRun",
        Assert.Throws<PizzaException>(() =>
            JwtPizza.Ecr.Sandbox.Sts.GitHubClaims.Of(s_trusted with { Scope = SubjectScope.Branch("release/*") },
                Partition.Commercial)).ErrorId);

    [Fact]
    public async Task Boto3_assumes_the_role_and_anybody_can_check_the_token()
    {
        await using TestSandbox sandbox = new();
        string keys = await sandbox.Http.GetStringAsync(new Uri(sandbox.Http.BaseAddress!, "/_github/oidc/.well-known/jwks"),
            TestContext.Current.CancellationToken);
        Assert.Contains("\"kty\":\"RSA\"", keys, StringComparison.Ordinal);
        Assert.Contains("/_github/oidc/.well-known/jwks",
            await sandbox.Http.GetStringAsync(new Uri(sandbox.Http.BaseAddress!, "/_github/oidc/.well-known/openid-configuration"),
                TestContext.Current.CancellationToken), StringComparison.Ordinal);
        string printed = await Peer.Boto3(sandbox, $"""
            import boto3
            c = boto3.client('sts').assume_role_with_web_identity(RoleArn='{RoleArn}', RoleSessionName='boto', WebIdentityToken='{sandbox.Box.IssueGitHubToken(s_trusted)}')['Credentials']
            s = boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'])
            print(s.client('sts').get_caller_identity()['Arn'])
            """);
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/github-ci/boto", printed.Trim());
    }

    private static async Task<(HttpStatusCode Status, XElement Answer)> Assume(
        TestSandbox sandbox, string token, string role = RoleArn, params (string, string)[] more)
    {
        (string, string)[] fields = [("Action", "AssumeRoleWithWebIdentity"), ("Version", Sts), ("RoleArn", role),
            ("RoleSessionName", "run-1"), ("WebIdentityToken", token), .. more];
        using FormUrlEncodedContent form = new(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)));   // not signed, as it never is
        using HttpResponseMessage answer = await sandbox.Http.PostAsync("/", form, TestContext.Current.CancellationToken);
        return (answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private static Task<XElement> As(TestSandbox sandbox, XElement credentials, string action, string version) =>
        StsSessionTests.Call(sandbox, Value(credentials, "AccessKeyId"), Value(credentials, "SessionToken"), action, version);

    private static async Task Trust(TestSandbox sandbox, string condition, string? deny = null)
    {
        string Statement(string effect, string c) =>
            $$"""{"Effect":"{{effect}}","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{c.Replace("G:", "token.actions.githubusercontent.com:", StringComparison.Ordinal)}}}""";
        string document =
            $$"""{"Version":"2012-10-17","Statement":[{{Statement("Allow", condition)}}{{(deny is null ? "" : "," + Statement("Deny", deny))}}]}""";
        (HttpStatusCode status, XElement answer) =
            await sandbox.Query("UpdateAssumeRolePolicy", Iam, ("RoleName", "github-ci"), ("PolicyDocument", document));
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
    }

    private static string Value(XElement answer, string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;
}
