using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>The service over HTTP, against the sandbox's IAM, whose STS then says who is let in.</summary>
public sealed class TrustOnSandboxTests
{
    private const int Patience = 120_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    public static TheoryData<string, SubjectScope> Runs => new()
    {
        { "octo-org/octo-repo", SubjectScope.Branch("main") },
        { "octo-org@11/octo-repo@22", SubjectScope.Branch("feature/a_b") },
        { "octo-org@11/octo-repo@22", SubjectScope.GitTag("v1.2") },
        { "octo-org/octo-repo", SubjectScope.Environment("eu:prod") },
        { "octo-org/octo-repo", SubjectScope.PullRequest },
    };

    [Theory(Timeout = Patience), MemberData(nameof(Runs))]
    public async Task A_run_is_let_in_after_its_subject_was_added_and_not_before(string name, SubjectScope scope)
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        GitHubRepository repository = GitHubRepository.Parse(name);
        string token = sandbox.IssueGitHubToken(new() { Repository = repository, Scope = scope, Immutable = repository.HasIds });
        Assert.False(sandbox.Explain("github-ci", token).Allowed);
        GitHubSubject subject = GitHubSubject.For(repository, scope, repository.HasIds);
        Edit<TrustPolicy, TrustSubject> edit = await new TrustService(aws.Iam).EditAsync("github-ci", p => p.Add([subject]), Cancel);
        Assert.Equal(ChangeStatus.Created, edit.Results[0].Status);
        Assert.True(sandbox.Explain("github-ci", token).Allowed);
        await new TrustService(aws.Iam).EditAsync("github-ci", p => p.Remove([subject.Text]), Cancel);
        Assert.False(sandbox.Explain("github-ci", token).Allowed);
    }

    [Fact(Timeout = Patience)]
    public async Task Twenty_parallel_calls_with_twenty_subjects_leave_twenty_three_times_in_a_row()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        AwsSession[] sessions = [.. Enumerable.Range(0, 20).Select(_ => Open(sandbox))];
        for (int round = 0; round < 3; round++)
        {
            string[] subjects = [.. Enumerable.Range(10, 20).Select(i => $"repo:o/{round}-{i}:*")];
            await Task.WhenAll(
                subjects.Select((s,
                    i) =>
                    Task.Run(() => new TrustService(sessions[i].Iam).EditAsync("github-ci", p => p.Add([GitHubSubject.Parse(s)]), Cancel),
                        Cancel)));
            TrustPolicy policy = await new TrustService(sessions[0].Iam).ReadAsync("github-ci", Cancel);
            Assert.Equal(subjects,
                policy.Subjects().Select(s => s.Subject).Where(s => s.StartsWith($"repo:o/{round}-", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal));
        }
        foreach (AwsSession session in sessions) session.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_document_that_would_be_too_long_is_refused_before_IAM_is_asked_to_store_it()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new());
        using AwsSession aws = Open(sandbox);
        GitHubSubject[] many =
            [.. Enumerable.Range(0, 60).Select(i => GitHubSubject.Parse($"repo:octo-org/quite-a-long-name-{i}:ref:refs/heads/main"))];
        TrustService trust = new(aws.Iam);
        string? before = (await trust.ReadAsync("github-ci", Cancel)).Text;
        Assert.Equal("TrustPolicyTooLong",
            (await Assert.ThrowsAsync<PizzaException>(() => trust.EditAsync("github-ci", p => p.Add(many), Cancel))).ErrorId);
        Assert.Equal(before, (await trust.ReadAsync("github-ci", Cancel)).Text);
    }

    [Fact(Timeout = Patience)]
    public async Task A_missing_role_is_named()
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { Empty = true });
        using AwsSession aws = Open(sandbox);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => new TrustService(aws.Iam).ReadAsync("github-ci", Cancel));
        Assert.Equal(("NoSuchEntity", PizzaErrorKind.NotFound), (e.ErrorId, e.Kind));
        Assert.Contains("'github-ci'", e.Message, StringComparison.Ordinal);
    }
}
