using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>A hint is true: whoever does what it says gets the run in.</summary>
public sealed partial class TrustHintTests
{
    private const string Issuer = "token.actions.githubusercontent.com", Audience = "sts.amazonaws.com";

    /// <summary>Policies as people have them; each keeps some of the runs out.</summary>
    public static TheoryData<string> Documents =>
    [
        Policies.Course, Policies.Ecs,
        Policies.With(
            $$$"""{"StringEquals":{"{{{Policies.Aud}}}":"sts.amazonaws.com","{{{Issuer}}}:repository":"acme/api"},"StringLike":{"{{{Policies.Sub}}}":["repo:acme/api:*","repo:acme/shop:*"]}}"""),
        Policies.With(
            $$$"""{"ForAllValues:StringEquals":{"{{{Policies.Aud}}}":"sts.amazonaws.com"},"ForAllValues:StringLike":{"{{{Policies.Sub}}}":"repo:acme/*:ref:refs/heads/*"}}"""),
        Policies.With($$$"""{"StringEquals":{"{{{Policies.Sub}}}":["repo:acme/*","repo:a/b:pull_request"]}}"""),
        Policies.With(
            $$$"""{"StringEquals":{"{{{Policies.Sub}}}":"repo:acme/api:pull_request"},"StringLike":{"{{{Policies.Sub}}}":"repo:acme/*"}}"""),
        Policies.With(
            $$$"""{"StringEquals":{"{{{Policies.Aud}}}":"https://github.com/acme","{{{Policies.Sub}}}":"repo:acme/api:pull_request"}}"""),
        Policies.With($$$"""{"StringEquals":{"{{{Issuer}}}:job_workflow_ref":"x","{{{Policies.Sub}}}":"repo:acme/api:pull_request"}}"""),
        Policies.With($$$"""{"StringLike":{"{{{Issuer}}}/octo:sub":"repo:acme/*"}}""",
            $$$"""{"Federated":"{{{Policies.Provider}}}/octo"}"""),
        Policies.With("""{"StringLike":{"gitlab.com:sub":"project_path:a/b:*"}}""",
            """{"Federated":"arn:aws:iam::123456789012:oidc-provider/gitlab.com"}"""),
        Policies.With($$$"""{"StringLike":{"{{{Policies.Sub}}}":"repo:acme@1/api@3:*"}}"""),
        Policies.With($$$"""{"StringLike":{"{{{Policies.Sub}}}":"repo:ACME/api:*"}}"""),
        Policies.With($$$"""{"StringLike":{"{{{Policies.Sub}}}":"repo:acme/*"}}""",
            more: $$$$""",{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"{{{{Policies.Sub}}}}":"*:environment:*"}}}"""),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_command_that_is_hinted_at_lets_the_run_in(string document)
    {
        string[] runs = ["repo:acme/api:ref:refs/heads/main", "repo:acme/api:environment:prod", "repo:acme/shop:pull_request",
            "repo:acme@1/api@2:ref:refs/heads/main", "repo:octo-org/jwt-pizza:environment:prod"];
        foreach (string issuer in new[] { $"https://{Issuer}", $"https://{Issuer}/octo", "https://ghes.example.com/_services/token" })
            foreach (string run in runs)
                Follow(Policies.Parse(document), GitHubToken.For(GitHubSubject.Parse(run), Audience, issuer));
    }

    [Fact]
    public void What_cannot_be_added_is_hinted_at_with_what_is_in_the_way()
    {
        TrustPolicy policy =
            Policies.Parse(Policies.With($$$"""{"ForAllValues:StringLike":{"{{{Policies.Sub}}}":"repo:acme/*:ref:refs/heads/*"}}"""));
        string hint = Assert.Single(
            policy.Judge(GitHubToken.For(GitHubSubject.Parse("repo:acme/api:environment:prod"), Audience), DateTimeOffset.UnixEpoch).Hints);
        Assert.DoesNotContain("Add-PizzaTrustSubject", hint, StringComparison.Ordinal);
        Assert.Contains("Replace it by StringEquals or StringLike by hand", hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_issuer_is_named_in_the_command()
    {
        TrustPolicy policy = Policies.Parse(Policies.Course);
        GitHubToken token = GitHubToken.For(GitHubSubject.Parse("repo:octo-org/jwt-pizza:ref:refs/heads/main"), Audience,
            "ghes.example.com/_services/token/");
        string hint = Assert.Single(policy.Judge(token, DateTimeOffset.UnixEpoch).Hints);
        Assert.Contains("but not https://ghes.example.com/_services/token", hint, StringComparison.Ordinal);
        Assert.Contains("-ProviderArn 'arn:aws:iam::123456789012:oidc-provider/ghes.example.com/_services/token' allows this run", hint,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_numbers_of_a_repository_are_claims_in_either_form()
    {
        GitHubSubject subject = GitHubSubject.For(GitHubRepository.Parse("acme@1/api@2"), SubjectScope.Branch("main"), immutable: false);
        GitHubToken token = GitHubToken.For(subject, Audience);
        Assert.Equal(("repo:acme/api:ref:refs/heads/main", "1", "2"),
            (token.Subject, token.Claims["repository_owner_id"][0], token.Claims["repository_id"][0]));
        Assert.Equal(SubjectForm.Name, RunSubject.Of(subject).Form);
    }

    private static void Follow(TrustPolicy policy, GitHubToken token)
    {
        TrustVerdict verdict = policy.Judge(token, DateTimeOffset.UnixEpoch);
        foreach (string hint in verdict.Hints)
        {
            if (Command().Match(hint) is not { Success: true } command)
            {
                Assert.DoesNotContain("Add-PizzaTrustSubject", hint, StringComparison.Ordinal);
                continue;
            }
            GitHubProvider? provider = command.Groups["provider"] is { Success: true, Value: var arn } ? GitHubProvider.Parse(arn) : null;
            TrustPolicy after = policy.Add([GitHubSubject.Parse(command.Groups["subject"].Value)], provider).Document;
            Assert.True(after.Judge(token, DateTimeOffset.UnixEpoch).Allowed, hint);
        }
        if (verdict.Hints.Any(h => h.Contains("it must be StringLike", StringComparison.Ordinal)))
            Assert.True(Policies.Parse(policy.Text!.Replace("StringEquals", "StringLike", StringComparison.Ordinal))
                .Judge(token, DateTimeOffset.UnixEpoch).Allowed);
    }

    [GeneratedRegex(
        "Add-PizzaTrustSubject -Subject '(?<subject>[^']+)' -RoleName github-ci(?: -ProviderArn '(?<provider>[^']+)')? allows this run")]
    private static partial Regex Command();
}
