using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Trust;

public sealed class GitHubSubjectTests
{
    private static readonly GitHubRepository s_repository = GitHubRepository.Parse("octo-org@123456/octo-repo@456789");

    public static TheoryData<SubjectScope, string> Scopes => new()
    {
        { SubjectScope.Branch("main"), "ref:refs/heads/main" },
        { SubjectScope.Branch("refs/heads/feature/a_b"), "ref:refs/heads/feature/a_b" },
        { SubjectScope.Branch("release/*"), "ref:refs/heads/release/*" },
        { SubjectScope.GitTag("v1.2"), "ref:refs/tags/v1.2" },
        { SubjectScope.GitTag("refs/tags/v*"), "ref:refs/tags/v*" },
        { SubjectScope.Environment("Production"), "environment:Production" },
        { SubjectScope.Environment("eu:prod 100%"), "environment:eu%3Aprod 100%" },
        { SubjectScope.PullRequest, "pull_request" },
        { SubjectScope.AnyRef, "*" },
    };

    [Theory, MemberData(nameof(Scopes))]
    public void Subjects_are_written_as_GitHub_emits_them(SubjectScope scope, string text)
    {
        Assert.Equal($"repo:octo-org/octo-repo:{text}", GitHubSubject.For(s_repository, scope, immutable: false).Text);
        Assert.Equal($"repo:octo-org@123456/octo-repo@456789:{text}", GitHubSubject.For(s_repository, scope, immutable: true).Text);
    }

    [Theory, MemberData(nameof(Scopes))]
    public void What_was_written_is_read_back_in_its_parts(SubjectScope scope, string text)
    {
        GitHubSubject subject = GitHubSubject.Parse($"repo:octo-org@123456/octo-repo@456789:{text}");
        Assert.Equal((s_repository, scope, scope.Kind), (subject.Repository, subject.Scope, subject.Kind));
    }

    [Theory]
    [InlineData("repo:octo-org/*")]
    [InlineData("repo:octo-org/*:ref:refs/heads/main")]
    [InlineData("repo:octo-org@123456/*")]
    [InlineData("job_workflow_ref:octo-org/octo-automation/.github/workflows/deploy.yml@refs/heads/main")]
    [InlineData("repository_owner:octo-org:repository_visibility:private")]
    public void Other_shapes_are_taken_as_they_are(string text) =>
        Assert.Equal((text, SubjectKind.Custom), (GitHubSubject.Parse(text).Text, GitHubSubject.Parse(text).Kind));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("*", "leaves the owner open")]
    [InlineData("repo:*", "leaves the owner open")]
    [InlineData("repo:*/jwt-pizza:*", "leaves the owner open")]
    [InlineData("repo:octo*/jwt-pizza:*", "leaves the owner open")]
    [InlineData("repository_owner:octo*", "leaves the owner open")]
    [InlineData("repo:octo-org@*/octo-repo@456789:*", "number of an owner or repository")]
    [InlineData("repo:octo-org@123456/octo-repo@*:ref:refs/heads/main", "number of an owner or repository")]
    [InlineData("repo:octo-org@12?/octo-repo@1:*", "number of an owner or repository")]
    [InlineData("repo:octo-org/octo-repo:environment:€", "U+20AC")]
    [InlineData("repo:octo-org/octo-repo:environment:a\nb", "U+000A")]
    [InlineData("repo:octo-org/octo-repo:environment:${aws:username}", "policy variable")]
    [InlineData(" repo:octo-org/octo-repo:*", "space")]
    public void A_subject_that_lets_strangers_in_or_cannot_be_stored_is_refused(string text, string why)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => GitHubSubject.Parse(text));
        Assert.Equal("InvalidTrustSubject", e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("a.lock")]
    [InlineData("a:b")]
    [InlineData("a@{b")]
    [InlineData(".a")]
    [InlineData("refs/heads/")]
    public void What_git_takes_for_no_branch_is_refused(string name) =>
        Assert.Equal("InvalidTrustSubject", Assert.Throws<PizzaException>(() => SubjectScope.Branch(name)).ErrorId);

    [Theory]
    [InlineData("a*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "a1b2b3c", true)]
    [InlineData("a*b", "A1B", false)]
    [InlineData("repo:o/r:*", "repo:o/r:ref:*", true)]
    [InlineData("repo:o/?:*", "repo:o/*:*", false)]
    [InlineData("a?", "a?", true)]
    [InlineData("a", "a?", false)]
    public void A_pattern_covers_what_it_matches(string pattern, string text, bool covers) =>
        Assert.Equal(covers, IamPattern.Covers(pattern, text));

    [Fact]
    public void A_pattern_that_covers_a_pattern_matches_all_that_this_matches()
    {
        Gen<string> text = Gen.Elements('a', 'b', '*', '?').ArrayOf(5).Select(c => new string(c));
        Gen<string> plain = Gen.Elements('a', 'b').ListOf().Select(c => string.Concat(c.Take(6)));
        Prop.ForAll(text.ToArbitrary(), text.ToArbitrary(), plain.ToArbitrary(), (outer, inner, word) =>
            !IamPattern.Covers(outer, inner) || !IamPattern.Covers(inner, word) || IamPattern.Covers(outer, word))
            .QuickCheckThrowOnFailure();
    }
}
