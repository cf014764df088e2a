using static JwtPizza.Ecr.Tests.Trust.Policies;

namespace JwtPizza.Ecr.Tests.Trust;

public sealed class TrustRemovalTests
{
    private const string A = "repo:octo-org/a:*", B = "repo:octo-org/b:*";

    private static readonly string s_both = With($$$"""{"StringLike":{"{{{Sub}}}":["{{{A}}}", "{{{B}}}"]}}""");

    [Fact]
    public void A_subject_is_taken_out_and_the_others_stay()
    {
        Edit<TrustPolicy, TrustSubject> edit = Parse(s_both).Remove([A]);
        Assert.Equal(With($$$"""{"StringLike":{"{{{Sub}}}":["{{{B}}}"]}}"""), edit.Document.Text);
        Assert.Equal((ChangeStatus.Removed, A), (edit.Results[0].Status, edit.Results[0].Subject));
    }

    [Fact]
    public void A_subject_that_is_not_there_changes_nothing() => Assert.False(Parse(s_both).Remove(["repo:octo-org/c:*"]).Changed);

    [Fact]
    public void A_pattern_is_not_taken_out_for_what_it_matches() =>
        Assert.False(Parse(s_both).Remove(["repo:octo-org/a:ref:refs/heads/main"]).Changed);

    [Fact]
    public void The_last_subject_stays_without_force() =>
        Assert.Equal("LastTrustSubject", Assert.Throws<PizzaException>(() => Parse(s_both).Remove([A, B])).ErrorId);

    [Fact]
    public void The_last_subject_takes_our_own_statement_along()
    {
        Edit<TrustPolicy, TrustSubject> added = Add(Ecs, A, B);
        Assert.Equal(Ecs, added.Document.Remove([A, B], force: true).Document.Text);
    }

    [Theory]
    [InlineData("""{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/a:*"},"Bool":{"aws:SecureTransport":"true"}}""",
        "")]
    [InlineData("""{"ForAllValues:StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo-org/a:*"}}""", "")]
    public void A_statement_that_holds_more_is_not_ours_to_remove(string condition, string more) =>
        Assert.Equal("StatementNotOurs",
            Assert.Throws<PizzaException>(() => Parse(With(condition, more: more)).Remove([A], force: true)).ErrorId);

    [Fact]
    public void The_only_statement_stays() =>
        Assert.Equal("LastStatement",
            Assert.Throws<PizzaException>(() =>
                Parse(With($$$"""{"StringLike":{"{{{Sub}}}":"{{{A}}}"}}""")).Remove([A], force: true)).ErrorId);

    [Fact]
    public void A_dead_pattern_can_be_taken_out()
    {
        TrustPolicy policy = Parse(With($$$"""{"StringEquals":{"{{{Sub}}}":["repo:octo-org/x:ref:refs/heads/main","{{{A}}}"]}}"""));
        Assert.Equal([A], policy.NeverMatching());
        Assert.Empty(policy.Remove([A]).Document.NeverMatching());
    }

    [Fact]
    public void What_a_pattern_still_lets_in_is_warned_of()
    {
        Edit<TrustPolicy, TrustSubject> edit = Parse(With($$$"""{"StringLike":{"{{{Sub}}}":["{{{A}}}","repo:octo-org/*"]}}""")).Remove([A]);
        Assert.Contains("still allowed by 'repo:octo-org/*'", Assert.Single(edit.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_excludes_is_left_alone() =>
        Assert.False(Parse(With($$$"""{"StringNotLike":{"{{{Sub}}}":["{{{A}}}","{{{B}}}"]}}""")).Remove([A]).Changed);

    [Fact]
    public void Subjects_are_listed_in_their_parts()
    {
        TrustSubject subject =
            Assert.Single(Parse(With($$$"""{"StringLike":{"{{{Sub}}}":"repo:octo-org@1/b@2:environment:eu%3Aprod"}}""")).Subjects());
        Assert.Equal(("octo-org/b", 1L, 2L, SubjectKind.Environment, "eu:prod", SubjectForm.Immutable),
            (subject.Repository, subject.OwnerId, subject.RepositoryId, subject.Kind, subject.Value, subject.Form));
        Assert.Equal(("github-ci", "123456789012", "StringLike", (ChangeStatus?)null),
            (subject.RoleName, subject.RegistryId, subject.Operator, subject.Status));
    }
}
