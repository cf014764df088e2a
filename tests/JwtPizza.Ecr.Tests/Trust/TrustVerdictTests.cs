using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>Which clause keeps a run out: by the rules, and as the sandbox's STS does it.</summary>
public sealed class TrustVerdictTests
{
    private const int Patience = 60_000;
    private const string Audience = "sts.amazonaws.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TrustVerdict Judge(string document, string subject, string audience = Audience) =>
        Policies.Parse(document).Judge(GitHubToken.For(GitHubSubject.Parse(subject), audience), DateTimeOffset.UnixEpoch);

    private static string Like(string value) =>
        Policies.With($$$"""{"StringEquals":{"{{{Policies.Aud}}}":"sts.amazonaws.com"},"StringLike":{"{{{Policies.Sub}}}":{{{value}}}}}""");

    [Fact]
    public void The_run_that_the_course_trusts_is_let_in_and_the_statement_is_named()
    {
        TrustVerdict verdict = Judge(Policies.Course, "repo:octo-org/jwt-pizza:ref:refs/heads/main");
        Assert.True(verdict.Allowed);
        Assert.Equal(["statement 1"], verdict.Statements);
        Assert.Empty(verdict.Reasons);
        Assert.Empty(verdict.Hints);
    }

    [Theory]
    [InlineData("\"repo:o/r:*\"", "repo:O/r:ref:refs/heads/main", "*only in case*")]
    [InlineData("\"repo:o/r:*\"", "repo:o@1/r@2:ref:refs/heads/main", "*without its numbers*15 July 2026*")]
    [InlineData("\"repo:o@1/r@2:*\"", "repo:o/r:ref:refs/heads/main", "*with its numbers*")]
    [InlineData("\"repo:o@1/r@2:*\"", "repo:o@1/r@3:ref:refs/heads/main", "*other numbers*")]
    [InlineData("\"repo:o/r:ref:refs/heads/main\"", "repo:o/r:environment:production", "*a job that names an environment has no branch*")]
    [InlineData("[\"repo:x/y:*\",\"repo:o/r:ref:refs/heads/main\"]", "repo:o/r:ref:refs/heads/dev",
        "*same repository, but not the same branch*")]
    [InlineData("\"repo:o/r:ref:refs/heads/main\"", "repo:o/r:pull_request", "*about a branch, and this run about a pull request*")]
    [InlineData("\"repo:x/y:*\"", "repo:o/r:ref:refs/heads/main", "*Add-PizzaTrustSubject -Subject 'repo:o/r:ref:refs/heads/main'*")]
    public void A_near_miss_is_told_in_words(string trusted, string subject, string hint)
    {
        TrustVerdict verdict = Judge(Like(trusted), subject);
        Assert.False(verdict.Allowed);
        Assert.StartsWith("statement 1: StringLike token.actions.githubusercontent.com:sub wants 'repo:", Assert.Single(verdict.Reasons),
            StringComparison.Ordinal);
        Assert.True(IamPattern.Covers(hint, Assert.Single(verdict.Hints)), verdict.Hints[0]);
    }

    [Fact]
    public void A_wildcard_under_StringEquals_is_pointed_at()
    {
        string document = Policies.With($$$"""{"StringEquals":{"{{{Policies.Sub}}}":"repo:o/*"}}""");
        Assert.Contains("must be StringLike", Assert.Single(Judge(document, "repo:o/r:pull_request").Hints), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_audience_is_the_reason_and_the_subject_no_hint()
    {
        TrustVerdict verdict = Judge(Like("\"repo:o/r:*\""), "repo:o/r:pull_request", "api://other");
        Assert.Contains("token.actions.githubusercontent.com:aud wants 'sts.amazonaws.com', and it is 'api://other'",
            Assert.Single(verdict.Reasons), StringComparison.Ordinal);
        Assert.Empty(verdict.Hints);
    }

    [Fact]
    public void A_denial_wins_and_is_named()
    {
        string deny =
            $$$$""",{"Sid":"NoPulls","Effect":"Deny","Principal":{"Federated":"{{{{Policies.Provider}}}}"},"Action":"sts:*","Condition":{"StringLike":{"{{{{Policies.Sub}}}}":"*:pull_request"}}}""";
        TrustVerdict verdict =
            Judge(Policies.With($$$"""{"StringLike":{"{{{Policies.Sub}}}":"repo:o/r:*"}}""", more: deny), "repo:o/r:pull_request");
        Assert.False(verdict.Allowed);
        Assert.Equal(["statement 2 ('NoPulls')"], verdict.Statements);
    }

    [Fact]
    public void A_role_that_trusts_somebody_else_says_so()
    {
        TrustVerdict verdict = Judge(Policies.Ecs, "repo:o/r:pull_request");
        Assert.Equal(["statement 1: is not about sts:AssumeRoleWithWebIdentity"], verdict.Reasons);
        Assert.Contains("does not trust any GitHub provider", Assert.Single(verdict.Hints), StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_that_follow_from_the_subject_are_known_and_others_can_be_named()
    {
        string document =
            Policies.With(
                $$$"""{"StringEquals":{"{{{Policies.Sub}}}":"repo:o@1/r@2:environment:prod","token.actions.githubusercontent.com:repository_id":"2","token.actions.githubusercontent.com:environment":"prod","token.actions.githubusercontent.com:actor":"me"}}""");
        GitHubToken token = GitHubToken.For(GitHubSubject.Parse("repo:o@1/r@2:environment:prod"), Audience);
        Assert.Contains(":actor wants 'me', and it is not in the request",
            Assert.Single(Policies.Parse(document).Judge(token, DateTimeOffset.UnixEpoch).Reasons), StringComparison.Ordinal);
        Assert.True(Policies.Parse(document).Judge(token.With("actor", "me"), DateTimeOffset.UnixEpoch).Allowed);
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":"nonsense"}""")]
    [InlineData("""{"Statement":[{"Effect":7,"Principal":"*","Action":["sts:*",1],"Condition":[]}]}""")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Federated":{}},"Condition":{"StringFoo":{"a":{}}}}}""")]
    public void A_document_that_IAM_would_never_store_lets_nobody_in(string document) =>
        Assert.False(Judge(document, "repo:o/r:pull_request").Allowed);

    [Fact]
    public void What_was_added_is_let_in()
    {
        Gen<string> name = Gen.Elements("o", "r", "octo-org", "a.b", "x_y");
        Gen<SubjectScope> scope = Gen.OneOf(
            Gen.Elements("main", "dev/x").Select(SubjectScope.Branch), Gen.Elements("v1", "v1.2").Select(SubjectScope.GitTag),
            Gen.Elements("prod", "eu:prod").Select(SubjectScope.Environment), Gen.Constant(SubjectScope.PullRequest));
        Gen<GitHubSubject> run = from o in Gen.Elements("o", "octo-org") from r in name from s in scope
            from ids in Gen.Elements(true, false)
                                 select GitHubSubject.For(GitHubRepository.Parse(ids ? $"{o}@1/{r}@2" : $"{o}/{r}"), s, ids);
        Gen<string> document = Gen.Elements(Policies.Course, Policies.Ecs, Like("[\"repo:x/y:*\"]"),
            Policies.With($$$"""{"StringEquals":{"{{{Policies.Sub}}}":"repo:x/y:pull_request"}}"""));
        Prop.ForAll(run.ToArbitrary(), document.ToArbitrary(), (subject, text) =>
        {
            TrustPolicy after = Policies.Parse(text).Add([subject]).Document;
            return after.Judge(GitHubToken.For(subject, Audience), DateTimeOffset.UnixEpoch).Allowed && !Judge(text, subject.Text).Allowed;
        }).QuickCheckThrowOnFailure();
    }

    [Fact(Timeout = Patience)]
    public async Task The_sandboxs_STS_says_the_same()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws =
            AwsSession.Open(
                new()
                {
                    EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
                    SecretKey = sandbox.Info.SecretKey,
                });
        foreach (string name in new[] { "my-account/jwt-pizza", "my-account/other", "My-Account/jwt-pizza" })
        {
            string token =
                sandbox.IssueGitHubToken(new() { Repository = GitHubRepository.Parse(name), Scope = SubjectScope.Branch("main") });
            TrustVerdict theirs = sandbox.Explain("github-ci", token),
                ours = await new TrustTester(aws.Iam, TimeProvider.System).TestAsync("github-ci", GitHubToken.Read(token), Cancel);
            Assert.Equal((theirs.Allowed, theirs.Subject), (ours.Allowed, ours.Subject));
            Assert.Equal(theirs.Reasons, ours.Reasons);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_provider_that_lacks_the_audience_or_is_missing_is_a_reason()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws =
            AwsSession.Open(
                new()
                {
                    EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
                    SecretKey = sandbox.Info.SecretKey,
                });
        TrustTester tester = new(aws.Iam, TimeProvider.System);
        GitHubSubject run = GitHubSubject.Parse("repo:my-account/jwt-pizza:ref:refs/heads/main");
        Assert.StartsWith(
            "the identity provider https://token.actions.githubusercontent.com has the audience sts.amazonaws.com, and the token is for " +
            "api://x",
            (await tester.TestAsync("github-ci", GitHubToken.For(run, "api://x"), Cancel)).Reasons[0], StringComparison.Ordinal);
        await aws.Iam.DeleteOpenIDConnectProviderAsync(Policies.Provider, Cancel);
        TrustVerdict verdict = await tester.TestAsync("github-ci", GitHubToken.For(run, Audience), Cancel);
        Assert.False(verdict.Allowed);
        Assert.Contains("Register-PizzaOidcProvider", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("e30.bm90IGpzb24.x")]
    public void What_is_no_token_is_refused_without_being_quoted(string text)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => GitHubToken.Read(text));
        Assert.Equal("InvalidToken", e.ErrorId);
        if (text.Length > 0) Assert.DoesNotContain(text, e.Message, StringComparison.Ordinal);
    }
}
