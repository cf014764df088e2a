using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.GitHub;

public sealed class GitHubApiTests
{
    private const int Patience = 30_000;
    private const string New =
        """{"id":456789,"full_name":"octo-org/octo-repo","created_at":"2026-09-01T10:00:00Z","owner":{"id":123456,"login":"octo-org"}}""";
    private const string Old =
        """{"id":456789,"full_name":"octo-org/octo-repo","created_at":"2020-09-01T10:00:00Z","owner":{"id":123456,"login":"octo-org"}}""";
    private const string NameText = "repo:octo-org/octo-repo:ref:refs/heads/main",
        ImmutableText = "repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main";
    private static readonly GitHubRepository s_repository = GitHubRepository.Parse("octo-org/octo-repo");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ScriptedServer Server(string repository, Answer subject) =>
        new((r, _) => r.Target.EndsWith("/actions/oidc/customization/sub", StringComparison.Ordinal) ? subject : Answer.Json(repository));

    private static async Task<ResolvedSubjects> ResolveAsync(ScriptedServer server, string repository = "octo-org/octo-repo",
        SubjectForm form = SubjectForm.Auto, string? token = "", bool followTransfer = false)
    {
        using GitHubApi github = new(server.Url, token, TimeSpan.FromSeconds(30));
        return await new SubjectResolver(github) { FollowTransfer = followTransfer }
            .ResolveAsync(GitHubRepository.Parse(repository), SubjectScope.Branch("main"), form, Cancel);
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"use_default":true,"use_immutable_subject":true,"sub_claim_prefix":"repo:octo-org@123456/octo-repo@456789"}""",
        ImmutableText)]
    [InlineData("""{"use_default":true,"use_immutable_subject":false,"sub_claim_prefix":"repo:octo-org/octo-repo"}""", NameText)]
    [InlineData("""{"use_default":true,"sub_claim_prefix":"repo:octo-org@123456/octo-repo@456789"}""", ImmutableText)]
    [InlineData("""{"use_default":false,"include_claim_keys":["repo","context"],"use_immutable_subject":false}""", NameText)]
    public async Task Auto_takes_the_form_that_GitHub_says_the_repository_emits(string answer, string subject)
    {
        await using ScriptedServer server = Server(Old, Answer.Json(answer));
        ResolvedSubjects resolved = await ResolveAsync(server);
        Assert.Equal([subject], resolved.Subjects.Select(s => s.Text));
        Assert.Null(resolved.Warning);
        Assert.Equal(["/repos/octo-org/octo-repo", "/repos/octo-org/octo-repo/actions/oidc/customization/sub"],
            server.Requests.Select(r => r.Target));
        Assert.All(server.Requests, r => Assert.Equal("2026-03-10", r.Headers["X-GitHub-Api-Version"]));
    }

    [Theory(Timeout = Patience)]
    [InlineData(New, new[] { ImmutableText }, false)]
    [InlineData(Old, new[] { ImmutableText, NameText }, true)]
    public async Task Where_the_setting_may_not_be_read_the_age_tells_or_both_forms_are_trusted(
        string repository, string[] subjects, bool warned)
    {
        await using ScriptedServer server = Server(repository, Answer.Json("{}", 403));
        ResolvedSubjects resolved = await ResolveAsync(server);
        Assert.Equal(subjects, resolved.Subjects.Select(s => s.Text));
        Assert.Equal(warned, resolved.Warning is not null);
    }

    [Theory(Timeout = Patience)]
    [InlineData(SubjectForm.Immutable, new[] { ImmutableText })]
    [InlineData(SubjectForm.Both, new[] { ImmutableText, NameText })]
    public async Task The_numbers_are_looked_up(SubjectForm form, string[] subjects)
    {
        await using ScriptedServer server = Server(Old, Answer.Json("""{"use_immutable_subject":false}"""));
        Assert.Equal(subjects, (await ResolveAsync(server, form: form)).Subjects.Select(s => s.Text));
    }

    [Theory(Timeout = Patience)]
    [InlineData("octo-org/octo-repo", SubjectForm.Name, new[] { NameText })]
    [InlineData("octo-org@123456/octo-repo@456789", SubjectForm.Immutable, new[] { ImmutableText })]
    [InlineData("octo-org@123456/octo-repo@456789", SubjectForm.Both, new[] { ImmutableText, NameText })]
    public async Task GitHub_is_not_asked_for_what_is_known(string repository, SubjectForm form, string[] subjects)
    {
        await using ScriptedServer server = new(Answer.Hang);
        Assert.Equal(subjects, (await ResolveAsync(server, repository, form)).Subjects.Select(s => s.Text));
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = Patience)]
    public async Task The_spelling_is_GitHubs()
    {
        await using ScriptedServer server = Server(Old, Answer.Json("""{"use_immutable_subject":false}"""));
        ResolvedSubjects resolved = await ResolveAsync(server, "OCTO-org/octo-repo");
        Assert.Equal([NameText], resolved.Subjects.Select(s => s.Text));
        Assert.Contains("GitHub spells 'OCTO-org/octo-repo' as 'octo-org/octo-repo'", resolved.Warning, StringComparison.Ordinal);
    }

    // GitHub answers the old name of a renamed or transferred repository with a redirect to its number.
    private static ScriptedServer Moved(string to = "/repositories/456789") => new((r, _) => r.Target switch
    {
        "/repos/old-owner/octo-repo" or "/repos/octo-org/old-name" =>
            Answer.Json("{}", 301) with { Headers = new Dictionary<string, string> { ["Location"] = to } },
        "/repositories/456789" => Answer.Json(Old),
        _ => Answer.Json("""{"use_immutable_subject":true}"""),
    });

    [Theory(Timeout = Patience)]
    [InlineData("old-owner/octo-repo", "was transferred to 'octo-org' and is now 'octo-org/octo-repo'")]
    [InlineData("octo-org/old-name", "was renamed and is now 'octo-org/octo-repo'")]
    public async Task A_moved_repository_is_refused_with_its_new_name(string repository, string words)
    {
        await using ScriptedServer server = Moved();
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => ResolveAsync(server, repository));
        Assert.Equal("GitHubRepositoryMoved", e.ErrorId);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Contains("-FollowTransfer", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task A_moved_repository_is_trusted_under_its_new_name_on_request_and_the_token_goes_along()
    {
        await using ScriptedServer server = Moved();
        ResolvedSubjects resolved = await ResolveAsync(server, "old-owner/octo-repo", token: "ghp_secret", followTransfer: true);
        Assert.Equal([ImmutableText], resolved.Subjects.Select(s => s.Text));
        Assert.Equal(3, server.Requests.Count);
        Assert.All(server.Requests, r => Assert.Equal("Bearer ghp_secret", r.Headers["Authorization"]));
    }

    [Fact(Timeout = Patience)]
    public async Task A_redirect_to_another_host_is_not_followed()
    {
        await using ScriptedServer stranger = new(Answer.Json(Old)), server = Moved($"{stranger.Url}/repositories/456789");
        Assert.Contains("answers 301", (await ResolveAsync(server, "old-owner/octo-repo", token: "ghp_secret")).Warning,
            StringComparison.Ordinal);
        Assert.Empty(stranger.Requests);
    }

    public static TheoryData<string, int, string, string> Troubles => new()
    {
        { "{}", 404, "", "is private; set GITHUB_TOKEN" },
        { "{}", 401, "t", "refuses the token" },
        { "{}", 404, "t", "cannot see it" },
        { "{}", 500, "", "answers 500" },
        { "<html>", 200, "", "not answer in JSON" },
        { "{}", 200, "", "no numbers" },
    };

    [Theory(Timeout = Patience), MemberData(nameof(Troubles))]
    public async Task What_keeps_GitHub_from_answering_is_named_with_its_consequence(string body, int status, string token, string trouble)
    {
        await using ScriptedServer server = new(Answer.Json(body, status));
        ResolvedSubjects resolved = await ResolveAsync(server, token: token);
        Assert.Equal([NameText], resolved.Subjects.Select(s => s.Text));
        Assert.Contains(trouble, resolved.Warning, StringComparison.Ordinal);
        Assert.Contains("15 July 2026", resolved.Warning, StringComparison.Ordinal);
        Assert.Contains("repo:octo-org@OWNER_ID/octo-repo@REPOSITORY_ID:ref:refs/heads/main", resolved.Warning, StringComparison.Ordinal);
        Assert.Contains("Not authorized to perform sts:AssumeRoleWithWebIdentity", resolved.Warning, StringComparison.Ordinal);
        Assert.Contains("-OwnerId and -RepositoryId", resolved.Warning, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task A_rate_limit_is_told_with_its_end()
    {
        await using ScriptedServer server =
            new(Answer.Json("{}", 403)
                with { Headers =
                    new Dictionary<string, string> { ["x-ratelimit-remaining"] = "0", ["x-ratelimit-reset"] = "1795000000" } });
        Assert.Contains("rate limit is reached until 11:06 UTC; set GITHUB_TOKEN", (await ResolveAsync(server)).Warning,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task A_host_that_does_not_answer_is_given_up_on_and_not_asked_again()
    {
        await using ScriptedServer server = new(Answer.Hang);
        using GitHubApi github = new(server.Url, "", TimeSpan.FromMilliseconds(300));
        Assert.Contains("did not answer within 0.3 seconds", (await github.AskAsync(s_repository, Cancel)).Trouble,
            StringComparison.Ordinal);
        Assert.NotNull((await github.AskAsync(s_repository, Cancel)).Trouble);
        Assert.Single(server.Requests);
    }

    [Fact(Timeout = Patience)]
    public async Task Given_numbers_stand_in_when_GitHub_cannot_be_asked()
    {
        await using ScriptedServer server = new(Answer.Drop);
        ResolvedSubjects resolved = await ResolveAsync(server, "octo-org@123456/octo-repo@456789");
        Assert.Equal([ImmutableText], resolved.Subjects.Select(s => s.Text));
        Assert.Null(resolved.Warning);
    }

    [Fact(Timeout = Patience)]
    public async Task Numbers_that_GitHub_contradicts_are_refused()
    {
        await using ScriptedServer server = Server(Old, Answer.Json("{}"));
        Assert.Equal("GitHubIdMismatch",
            (await Assert.ThrowsAsync<PizzaException>(() => ResolveAsync(server, "octo-org@123456/octo-repo@1"))).ErrorId);
    }

    [Fact(Timeout = Patience)]
    public async Task The_immutable_form_without_numbers_is_refused_when_GitHub_cannot_be_asked()
    {
        await using ScriptedServer server = new(Answer.Json("{}", 404));
        Assert.Equal("GitHubIdsUnknown",
            (await Assert.ThrowsAsync<PizzaException>(() => ResolveAsync(server, form: SubjectForm.Immutable))).ErrorId);
    }

    [Fact(Timeout = Patience)]
    public async Task A_repository_with_a_template_of_its_own_needs_the_subject_as_it_is()
    {
        await using ScriptedServer server =
            Server(Old, Answer.Json("""{"use_default":false,"include_claim_keys":["repo","job_workflow_ref"]}"""));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => ResolveAsync(server));
        Assert.Equal("CustomSubjectTemplate", e.ErrorId);
        Assert.Contains("-Subject", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task The_token_is_sent_and_not_repeated()
    {
        await using ScriptedServer server = new(Answer.Json("{}", 401));
        ResolvedSubjects resolved = await ResolveAsync(server, token: "ghp_secret");
        Assert.Equal("Bearer ghp_secret", server.Requests[0].Headers["Authorization"]);
        Assert.DoesNotContain("ghp_secret", resolved.Warning, StringComparison.Ordinal);
    }
}
