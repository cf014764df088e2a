using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using static JwtPizza.Ecr.Tests.Trust.Policies;

namespace JwtPizza.Ecr.Tests.Trust;

public sealed class TrustAdditionTests
{
    private const string Main = "repo:octo-org/jwt-pizza-service:ref:refs/heads/main", Any = "repo:octo-org/jwt-pizza-service:*";

    [Fact]
    public void The_course_policy_gets_an_array_and_keeps_everything_else()
    {
        string expected = Course.Replace("\"repo:octo-org/jwt-pizza:ref:refs/heads/main\"", $"""
            [
                                    "repo:octo-org/jwt-pizza:ref:refs/heads/main",
                                    "{Main}"
                                ]
            """, StringComparison.Ordinal);
        Edit<TrustPolicy, TrustSubject> edit = Add(Course, Main);
        Assert.Equal(expected, edit.Document.Text);
        Assert.Equal((ChangeStatus.Created, "StringLike", Provider),
            (edit.Results[0].Status, edit.Results[0].Operator, edit.Results[0].ProviderArn));
        Assert.Contains($"+             \"{Main}\"", edit.Difference, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"StringEquals":{"token.actions.githubusercontent.com:sub":["repo:a/b:x"]}}""", Main,
        """{"StringEquals":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:ref:refs/heads/main"]}}""")]
    [InlineData("""{"StringLike":{"TOKEN.actions.githubusercontent.com:Sub":"repo:a/b:x"}}""", Any,
        """{"StringLike":{"TOKEN.actions.githubusercontent.com:Sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:*"]}}""")]
    [InlineData("""{"StringEqualsIfExists":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""", Any,
        """{"StringLikeIfExists":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:*"]}}""")]
    [InlineData("""{"StringEqualsIgnoreCase":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""", Main,
        """{"StringEqualsIgnoreCase":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:ref:refs/heads/main"]}}""")]
    [InlineData("""{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""", Any,
        """{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:*"]}}""")]
    [InlineData(
        """{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""", Any,
        """{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:*"]}}""")]
    [InlineData(
        """{"StringLike":{"token.actions.githubusercontent.com:aud":"sts.*"},"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""", Any,
        """{"StringLike":{"token.actions.githubusercontent.com:aud":"sts.*","token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:octo-org/jwt-pizza-service:*"]}}""")]
    public void The_subject_goes_into_the_operator_that_holds_subjects_already(string before, string subject, string after) =>
        Assert.Equal(With(after), Add(With(before), subject).Document.Text);

    [Theory]
    [InlineData("StringLike", Main, Main)]
    [InlineData("StringLike", Any, Main)]
    [InlineData("StringLike", Any, "repo:octo-org/jwt-pizza-service:ref:refs/tags/v*")]
    [InlineData("StringLike", "repo:octo-org/*", Any)]
    [InlineData("StringEquals", Main, Main)]
    [InlineData("StringEqualsIgnoreCase", "repo:Octo-Org/jwt-pizza-service:ref:refs/heads/MAIN", Main)]
    public void A_subject_that_is_covered_changes_nothing(string operatorName, string present, string subject)
    {
        Edit<TrustPolicy, TrustSubject> edit =
            Add(With($$$"""{"{{{operatorName}}}":{"{{{Sub}}}":["repo:a/b:x","{{{present}}}"]}}"""), subject);
        Assert.False(edit.Changed);
        Assert.Equal((ChangeStatus.Unchanged, present), (edit.Results[0].Status, edit.Results[0].CoveredBy));
    }

    [Theory]
    [InlineData("repo:Octo-Org/jwt-pizza-service:*")]
    [InlineData("repo:octo-org/jwt-pizza:*")]
    [InlineData("repo:octo-org@1/jwt-pizza-service@2:*")]
    public void A_pattern_of_another_repository_or_case_does_not_cover(string present) =>
        Assert.True(Add(With($$$"""{"StringLike":{"{{{Sub}}}":"{{{present}}}"}}"""), Main).Changed);

    [Theory]
    [InlineData(Main, "StringEquals")]
    [InlineData(Any, "StringLike")]
    public void A_role_that_trusts_no_GitHub_gets_a_statement_of_its_own(string subject, string operatorName)
    {
        Edit<TrustPolicy, TrustSubject> edit = Add(Ecs, subject);
        Assert.StartsWith(Ecs[..^2], edit.Document.Text, StringComparison.Ordinal);
        JsonNode statement = JsonNode.Parse(edit.Document.Text!)!["Statement"]![1]!;
        Assert.Equal((Provider, "sts:AssumeRoleWithWebIdentity", "sts.amazonaws.com", subject),
            ((string)statement["Principal"]!["Federated"]!, (string)statement["Action"]!,
            (string)statement["Condition"]!["StringEquals"]![Aud]!, (string)statement["Condition"]![operatorName]![Sub]!));
        Assert.True(edit.Document.TrustStatements[1].IsOurs);
    }

    [Fact]
    public void A_statement_that_is_no_array_becomes_one()
    {
        string single = Ecs.Replace("[{", "{", StringComparison.Ordinal).Replace("}]", "}", StringComparison.Ordinal);
        Edit<TrustPolicy, TrustSubject> edit = Add(single, Main, Any);
        Assert.Equal(2, edit.Document.Statements.Count);
        Assert.Equal([Main, Any], edit.Document.Subjects().Select(s => s.Subject));
    }

    [Fact]
    public void In_China_provider_and_audience_are_Chinas()
    {
        string document = TrustPolicy.Parse("r", "arn:aws-cn:iam::123456789012:role/r", Ecs)
            .Add([GitHubSubject.Parse(Main)]).Document.Text!;
        Assert.Contains("arn:aws-cn:iam::123456789012:oidc-provider/token.actions.githubusercontent.com", document,
            StringComparison.Ordinal);
        Assert.Contains("\"sts.amazonaws.com.cn\"", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token.actions.githubusercontent.com/octo-slug")]
    [InlineData("token.actions.octo.ghe.com")]
    [InlineData("token.actions.octo.ghe.com/octo-slug")]
    [InlineData("ghes.example.com/_services/token")]
    [InlineData("ghes.example.com/_services/token/octo-slug")]
    public void An_enterprise_with_its_own_issuer_has_its_own_keys(string host)
    {
        string arn = $"arn:aws:iam::123456789012:oidc-provider/{host}";
        string document =
            With($$$"""{"StringLike":{"{{{host}}}:sub":"repo:a/b:x"}}""", $$$"""{"Federated":["{{{Provider}}}","{{{arn}}}"]}""");
        Assert.Equal(["repo:a/b:x", Main], Add(document, Main).Document.Subjects().Select(s => s.Subject));
        Assert.Contains($"\"{host}:sub\":\"{Main}\"", Parse(Ecs).Add([GitHubSubject.Parse(Main)], GitHubProvider.Parse(arn)).Document.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_statements_the_one_with_the_usual_audience_is_taken_and_named()
    {
        string other = With($$$"""{"StringEquals":{"{{{Aud}}}":"pizza","{{{Sub}}}":"repo:a/b:x"}}""",
            more: "," + JsonNode.Parse(Course)!["Statement"]![0]!.ToJsonString());
        Edit<TrustPolicy, TrustSubject> edit = Add(other, Main);
        Assert.Equal(["repo:a/b:x", "repo:octo-org/jwt-pizza:ref:refs/heads/main", Main], edit.Document.Subjects().Select(s => s.Subject));
        Assert.Contains("statement 2", Assert.Single(edit.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_audience_is_warned_of() =>
        Assert.Contains("'pizza'",
            Assert.Single(Add(With($$$"""{"StringEquals":{"{{{Aud}}}":"pizza","{{{Sub}}}":"repo:a/b:x"}}"""), Main, Main).Warnings),
            StringComparison.Ordinal);

    [Fact]
    public void A_denial_is_warned_of() =>
        Assert.Contains("denies",
            Assert.Single(
                Add(Course.Replace("\n    ]\n", ",{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sts:*\"}]",
                    StringComparison.Ordinal), Main).Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("SubjectUnderTwoOperators",
        """{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}""")]
    [InlineData("SubjectUnderTwoOperators",
        """{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*","token.actions.githubusercontent.com:SUB":"repo:a/*"}}""")]
    [InlineData("SubjectUnderTwoOperators",
        """{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/*"},"StringNotLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}""")]
    [InlineData("SetOperatorOnSubject", """{"ForAllValues:StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}""")]
    [InlineData("SetOperatorOnSubject", """{"ForAnyValue:StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""")]
    [InlineData("SubjectOperatorNotSupported", """{"StringNotLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}""")]
    [InlineData("WildcardInStringEquals", """{"StringEquals":{"token.actions.githubusercontent.com:sub":["repo:a/b:x","repo:a/*"]}}""")]
    [InlineData("TrustsAnySubject", """{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}""")]
    [InlineData("DuplicateJsonKey",
        """{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:a/b:x"}}""")]
    [InlineData("InvalidJson", """{"StringEquals":""")]
    public void What_an_addition_would_break_is_refused(string errorId, string condition)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Add(With(condition), Main));
        Assert.Equal((errorId, PizzaErrorKind.InvalidData, "github-ci"), (e.ErrorId, e.Kind, e.Target));
        Assert.Contains("'github-ci'", e.Message, StringComparison.Ordinal);
        Assert.Contains("then try again", e.Message, StringComparison.Ordinal);
    }

    private const string Issuer = "token.actions.githubusercontent.com";

    [Theory]
    [InlineData("repository", "acme/api", "repo:acme/shop:ref:refs/heads/main")]
    [InlineData("repository_owner", "acme", "repo:octo-org/*:ref:refs/heads/main")]
    [InlineData("repository_id", "7", "repo:acme@1/api@2:ref:refs/heads/main")]
    [InlineData("environment", "prod", "repo:acme/api:ref:refs/heads/main")]
    [InlineData("environment", "prod", "repo:acme/api:environment:test")]
    [InlineData("ref", "refs/heads/main", "repo:acme/api:ref:refs/tags/v1")]
    public void A_statement_whose_other_conditions_exclude_the_subject_is_left_and_another_one_lets_it_in(
        string claim, string value, string subject)
    {
        string document =
            With($$$"""{"StringEquals":{"{{{Aud}}}":"sts.amazonaws.com","{{{Issuer}}}:{{{claim}}}":"{{{value}}}"},"StringLike":{"{{{Sub}}}":"repo:acme/*"}}""");
        Edit<TrustPolicy, TrustSubject> edit = Add(document, subject);
        Assert.Equal(2, edit.Document.Statements.Count);
        Assert.StartsWith(document[..^2], edit.Document.Text, StringComparison.Ordinal);
        Assert.Equal(ChangeStatus.Created, Assert.Single(edit.Results).Status);
        Assert.Contains($"{Issuer}:{claim} '{value}'", Assert.Single(edit.Notes), StringComparison.Ordinal);
        if (!IamPattern.IsPattern(subject))
            Assert.True(
                edit.Document.Judge(GitHubToken.For(GitHubSubject.Parse(subject), "sts.amazonaws.com"), DateTimeOffset.UnixEpoch).Allowed);
        Assert.False(edit.Document.Add([GitHubSubject.Parse(subject)]).Changed);
    }

    [Theory]
    [InlineData("job_workflow_ref", "repo:acme/api:ref:refs/heads/main")]
    [InlineData("workflow", "repo:acme/api:ref:refs/heads/main")]
    [InlineData("environment", "repo:acme/api:*")]
    [InlineData("repository_id", "repo:acme/api:ref:refs/heads/main")]
    public void A_condition_that_the_subject_says_nothing_about_is_warned_of(string claim, string subject)
    {
        string document = With($$$"""{"StringEquals":{"{{{Issuer}}}:{{{claim}}}":"x"},"StringLike":{"{{{Sub}}}":"repo:a/b:*"}}""");
        Edit<TrustPolicy, TrustSubject> edit = Add(document, subject);
        Assert.Single(edit.Document.Statements);
        Assert.Contains($"StringEquals {Issuer}:{claim} 'x'", Assert.Single(edit.Warnings), StringComparison.Ordinal);
        Assert.Contains(claim, Assert.Single(edit.Document.Add([GitHubSubject.Parse(subject)]).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_that_the_subject_meets_is_no_trouble()
    {
        GitHubSubject named = GitHubSubject.For(GitHubRepository.Parse("acme@1/api@2"), SubjectScope.Branch("main"), immutable: false);
        Edit<TrustPolicy, TrustSubject> edit =
            Parse(With($$$"""{"StringEquals":{"{{{Issuer}}}:repository_id":"2","{{{Sub}}}":"repo:a/b:x"}}""")).Add([named]);
        Assert.Empty(edit.Warnings);
        Assert.Single(edit.Document.Statements);
    }

    [Theory]
    [InlineData("repo:*", "any owner")]
    [InlineData("*", "any owner")]
    [InlineData("repo:*/api:*", "any owner")]
    [InlineData("repo:acme@*/api@*:*", "takes the name")]
    public void Trust_that_is_open_to_anybody_is_warned_of(string value, string who)
    {
        string document = With($$$"""{"StringLike":{"{{{Sub}}}":["repo:a/b:*","{{{value}}}"]}}""");
        string warning = Assert.Single(Add(document, Main).Warnings);
        Assert.Contains(who, warning, StringComparison.Ordinal);
        Assert.Contains($"Remove-PizzaTrustSubject -Subject '{value}' -RoleName github-ci", warning, StringComparison.Ordinal);
        Assert.Equal([warning], Parse(document).OpenToAnybody());
        Assert.Equal([warning],
            Parse(document).Judge(GitHubToken.For(GitHubSubject.Parse(Main), "sts.amazonaws.com"), DateTimeOffset.UnixEpoch).Warnings);
    }

    [Theory]
    [InlineData("""{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}""")]
    [InlineData("""{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:*"}}""")]
    [InlineData(
        """{"StringEquals":{"token.actions.githubusercontent.com:repository_owner_id":"1"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*"}}""")]
    [InlineData(
        """{"StringLike":{"token.actions.githubusercontent.com:job_workflow_ref":"acme/ci/*","token.actions.githubusercontent.com:sub":"*"}}""")]
    public void Trust_that_says_whose_repositories_it_means_is_not(string condition) =>
        Assert.Empty(Parse(With(condition)).OpenToAnybody());

    [Fact]
    public void An_issuer_of_an_enterprises_own_is_open_to_its_repositories_alone() =>
        Assert.Empty(Parse(With("""{"StringLike":{"ghes.example.com/_services/token:sub":"repo:*"}}""",
        """{"Federated":"arn:aws:iam::123456789012:oidc-provider/ghes.example.com/_services/token"}""")).OpenToAnybody());

    [Fact]
    public void A_pattern_beside_values_compared_without_case_is_refused() =>
        Assert.Equal("SubjectOperatorNotSupported",
            Assert.Throws<PizzaException>(() => Add(With($$$"""{"StringEqualsIgnoreCase":{"{{{Sub}}}":"repo:a/b:x"}}"""), Any)).ErrorId);

    [Fact]
    public void A_role_of_another_provider_is_refused_unless_GitHubs_is_named()
    {
        string gitlab = With("""{"StringLike":{"gitlab.com:sub":"project_path:a/b:*"}}""",
            """{"Federated":"arn:aws:iam::123456789012:oidc-provider/gitlab.com"}""");
        PizzaException e = Assert.Throws<PizzaException>(() => Add(gitlab, Main));
        Assert.Equal("OtherIdentityProvider", e.ErrorId);
        Assert.Contains("oidc-provider/gitlab.com", e.Message, StringComparison.Ordinal);
        Assert.Contains($"-ProviderArn {Provider}", e.Message, StringComparison.Ordinal);
        Assert.Equal([Main],
            Parse(gitlab).Add([GitHubSubject.Parse(Main)], GitHubProvider.Parse(Provider)).Document.Subjects().Select(s => s.Subject));
        Assert.Equal("NotAGitHubProvider",
            Assert.Throws<PizzaException>(() => GitHubProvider.Parse("arn:aws:iam::123456789012:oidc-provider/gitlab.com")).ErrorId);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"Version":"2012-10-17"}""")]
    public void What_is_no_policy_is_refused(string document) =>
        Assert.Equal("InvalidTrustPolicy", Assert.Throws<PizzaException>(() => Add(document, Main)).ErrorId);

    [Fact]
    public void White_space_goes_only_when_the_document_would_be_too_long()
    {
        TrustPolicy policy = Add(Course, Main).Document;
        int compact = policy.Json.Compact().Text.Length;
        Assert.Equal(policy.Text, TrustPolicySize.Fit(policy, policy.Text!.Length)!.Text);
        Assert.Equal(compact, TrustPolicySize.Fit(policy, policy.Text.Length - 1)!.Text!.Length);
        Assert.Null(TrustPolicySize.Fit(policy, compact - 1));
        Assert.Contains($"{compact} characters", TrustPolicySize.TooLong(policy, compact - 1).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Added_and_removed_again_gives_the_document_back() =>
        Prop.ForAll(ManySubjects().ToArbitrary(), ManySubjects().ToArbitrary(), (present, added) =>
        {
            string document =
                With($$$"""{ "StringLike" : {"{{{Sub}}}":["repo:z/z:x"{{{string.Concat(present.Select(s => $", \"{s}\""))}}}] } }""");
            Edit<TrustPolicy, TrustSubject> edit = Add(document, [.. added]);
            string[] written = [.. edit.Results.Where(s => s.Status == ChangeStatus.Created).Select(s => s.Subject)];
            return added.All(s => edit.Document.TrustStatements[0].Subjects[0].Covering(s) is not null)
                && !Add(edit.Document.Text!, [.. added]).Changed
                && edit.Document.Remove(written).Document.Text == document;
        }).QuickCheckThrowOnFailure();

    private static Gen<List<string>> ManySubjects() =>
        (from owner in Gen.Elements("a", "octo-org", "octo-org@1")
         from name in owner.Contains('@', StringComparison.Ordinal) ? Gen.Elements("b@2", "*") : Gen.Elements("b", "jwt-pizza", "*")
         from scope in Gen.Elements("*", "pull_request", "ref:refs/heads/main", "ref:refs/tags/v*", "environment:é prod")
         select $"repo:{owner}/{name}:{scope}").ListOf().Select(all => all.Take(8).Distinct().ToList());
}
