using JwtPizza.Ecr.Services.Trust;
using static JwtPizza.Ecr.Tests.Trust.Policies;

namespace JwtPizza.Ecr.Tests.Trust;

public sealed class TrustServiceTests
{
    private const int Patience = 60_000;
    private const string Mine = "repo:octo-org/mine:*", Theirs = "repo:octo-org/theirs:*";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TrustService On(FakeIam iam, TimeProvider? time = null) => new(iam, time ?? TimeProvider.System);

    private static TrustEdit AddTo(TrustPolicy policy, string subject) => policy.Add([GitHubSubject.Parse(subject)]);

    private static string[] SubjectsOf(FakeIam iam) => [.. Parse(iam.Document).Subjects().Select(s => s.Subject).Order(StringComparer.Ordinal)];

    [Fact(Timeout = Patience)]
    public async Task A_subject_is_written_once_and_a_second_time_changes_nothing()
    {
        FakeIam iam = new(Course);
        Assert.Equal(TrustStatus.Added, (await On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel)).Subjects[0].Status);
        Assert.Equal(TrustStatus.AlreadyCovered, (await On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel)).Subjects[0].Status);
        Assert.Equal(1, iam.Writes);
    }

    [Theory(Timeout = Patience)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(20)]
    public async Task Twenty_parallel_calls_with_twenty_subjects_leave_twenty(int milliseconds)
    {
        FakeIam iam = new(Ecs, () => TimeSpan.FromMilliseconds(Random.Shared.Next(milliseconds)));
        string[] subjects = [.. Enumerable.Range(10, 20).Select(i => $"repo:octo-org/service-{i}:*")];
        await Task.WhenAll(subjects.Select(s => Task.Run(() => On(iam).EditAsync("github-ci", p => AddTo(p, s), Cancel), Cancel)));
        Assert.Equal(subjects, SubjectsOf(iam));
    }

    [Fact(Timeout = Patience)]
    public async Task A_concurrent_edit_that_lost_our_subject_is_repeated()
    {
        string theirs = Add(Course, Theirs).Policy.Document;   // written by somebody who read before we wrote
        FakeIam iam = new(Course) { Meanwhile = (i, calls) => i.Document = calls == 2 ? theirs : i.Document };
        TrustEdit edit = await On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel);
        Assert.Equal(["repo:octo-org/jwt-pizza:ref:refs/heads/main", Mine, Theirs], SubjectsOf(iam));
        Assert.Equal((TrustStatus.Added, 2, 0), (edit.Subjects[0].Status, iam.Writes, edit.Warnings.Count));
    }

    [Fact(Timeout = Patience)]
    public async Task An_edit_that_undoes_ours_after_the_first_look_is_noticed()
    {
        FakeIam iam = new(Course) { Meanwhile = (i, calls) => i.Document = calls == 3 ? Course : i.Document };
        await On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel);
        Assert.Contains(Mine, SubjectsOf(iam));
        Assert.Equal(2, iam.Writes);
    }

    [Fact(Timeout = Patience)]
    public async Task A_concurrent_edit_that_lost_somebody_elses_subject_is_reported()
    {
        string both = Add(Course, Theirs).Policy.Document;
        FakeIam iam = new(both) { Meanwhile = (i, calls) => i.Document = calls == 2 ? Add(Course, Mine).Policy.Document : i.Document };
        TrustEdit edit = await On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel);
        Assert.Contains(Theirs, Assert.Single(edit.Warnings), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task What_we_take_out_ourselves_is_not_reported()
    {
        FakeIam iam = new(Add(Course, Mine).Policy.Document);
        TrustEdit edit = await On(iam).EditAsync("github-ci", p => p.Remove([Mine]), Cancel);
        Assert.Empty(edit.Warnings);
        Assert.Equal(["repo:octo-org/jwt-pizza:ref:refs/heads/main"], SubjectsOf(iam));
    }

    [Fact(Timeout = Patience)]
    public async Task Whoever_undoes_it_always_ends_it_with_an_error()
    {
        FakeIam iam = new(Course) { Meanwhile = (i, _) => i.Document = Course };
        Assert.Equal("ConcurrentEdit", (await Assert.ThrowsAsync<PizzaException>(() => On(iam, new NoWaiting()).EditAsync("github-ci", p => AddTo(p, Mine), Cancel))).ErrorId);
    }

    [Fact(Timeout = Patience)]
    public async Task A_document_over_the_quota_is_not_sent()
    {
        FakeIam iam = new(Course);
        string[] many = [.. Enumerable.Range(0, 40).Select(i => $"repo:octo-org/quite-a-long-name-{i}:ref:refs/heads/main")];
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => On(iam).EditAsync("github-ci", p => p.Add([.. many.Select(GitHubSubject.Parse)]), Cancel));
        Assert.Equal(("TrustPolicyTooLong", PizzaErrorKind.LimitExceeded, 0), (e.ErrorId, e.Kind, iam.Writes));
        Assert.Contains("2048", e.Message, StringComparison.Ordinal);
        Assert.Contains("L-C07B4B0D", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Patience)]
    [InlineData(8192)]
    [InlineData(null)]
    public async Task A_raised_quota_or_one_that_may_not_be_read_lets_a_long_document_through(int? quota)
    {
        FakeIam iam = new(Course) { Quota = quota };
        string[] many = [.. Enumerable.Range(0, 40).Select(i => $"repo:octo-org/quite-a-long-name-{i}:ref:refs/heads/main")];
        await On(iam).EditAsync("github-ci", p => p.Add([.. many.Select(GitHubSubject.Parse)]), Cancel);
        Assert.Equal(41, SubjectsOf(iam).Length);
    }

    [Fact(Timeout = Patience)]
    public async Task A_document_goes_without_white_space_when_it_only_fits_so()
    {
        FakeIam iam = new(Course);
        string[] some = [.. Enumerable.Range(0, 17).Select(i => $"repo:octo-org/quite-a-long-name-{i:00}:ref:refs/heads/main")];
        await On(iam).EditAsync("github-ci", p => p.Add([.. some.Select(GitHubSubject.Parse)]), Cancel);
        Assert.InRange(iam.Document.Length, 1, 2048);
        Assert.DoesNotContain('\n', iam.Document);
    }

    [Theory(Timeout = Patience)]
    [InlineData("no-such-role", "NoSuchEntity")]
    [InlineData("", "InvalidRoleName")]
    [InlineData("arn:aws:iam::123456789012:role/x", "InvalidRoleName")]
    public async Task A_role_that_cannot_be_is_named(string roleName, string errorId)
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => On(new FakeIam(Course)).ReadAsync(roleName, Cancel));
        Assert.Equal((errorId, (object)roleName), (e.ErrorId, e.Target));
    }

    [Fact(Timeout = Patience)]
    public async Task A_character_that_IAM_cannot_store_is_named_before_the_call()
    {
        FakeIam iam = new(Course.Replace("\"Version\"", "\"Id\":\"€\",\"Version\"", StringComparison.Ordinal));
        Assert.Contains("U+20AC", (await Assert.ThrowsAsync<PizzaException>(() => On(iam).EditAsync("github-ci", p => AddTo(p, Mine), Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(0, iam.Writes);
    }

    /// <summary>A clock on which every pause is over at once.</summary>
    private sealed class NoWaiting : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
