using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Replication;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Replication.Configurations;

namespace JwtPizza.Ecr.Tests.Replication;

/// <summary>Waiting for copies, against a registry that says what it is told to, on a clock of its own.</summary>
public sealed class ReplicationWaitTests
{
    private const int Limit = 60_000;
    private static readonly Answer s_twoRules =
        Answer.Json($$"""{"registryId":"123456789012","replicationConfiguration":{{Rule([Ireland, Oregon], "api")}}}""");
    private static readonly Answer s_noRules = Answer.Json("""{"registryId":"123456789012","replicationConfiguration":{"rules":[]}}""");
    private readonly HurryingClock _clock = new();
    private readonly List<string> _progress = [];

    private static Answer Statuses(params (string Region, string Status)[] statuses) => Answer.Json(
        $$"""{"repositoryName":"api","imageId":{},"replicationStatuses":[{{string.Join(',', statuses.Select(s => $$"""{"region":"{{s.Region}}","registryId":"123456789012","status":"{{s.Status}}"}"""))}}]}""");

    private async Task<ReplicationOutcome> WaitAsync(int seconds, params Answer[] answers)
    {
        await using ScriptedServer server = new(answers);
        using AwsSession aws = Sessions.Open(server);
        ReplicationWaitRequest request = new(RepositoryName.Parse("api"), new() { ImageTag = "v1" }, null, TimeSpan.FromSeconds(seconds));
        return await new ReplicationWait(aws, _clock).RunAsync(request, new Told(_progress), Sessions.Soon);
    }

    [Fact(Timeout = Limit)]
    public async Task Every_copy_is_waited_for_and_shown_on_its_way()
    {
        ReplicationOutcome outcome = await WaitAsync(1800, s_twoRules, Statuses(), Statuses(("eu-west-1", "IN_PROGRESS")),
            Statuses(("eu-west-1", "COMPLETE"), ("us-west-2", "IN_PROGRESS")),
            Statuses(("eu-west-1", "COMPLETE"), ("us-west-2", "FAILED")));
        Assert.Equal(["COMPLETE", "FAILED"], outcome.Copies.Select(c => c.Status));
        Assert.Empty(outcome.Missing);
        Assert.Equal(["", "eu-west-1 IN_PROGRESS", "eu-west-1 COMPLETE, us-west-2 IN_PROGRESS", "eu-west-1 COMPLETE, us-west-2 FAILED"],
            _progress);
        Assert.Equal(("api", "v1", "123456789012"),
            (outcome.Copies[0].RepositoryName, outcome.Copies[0].ImageTag, outcome.Copies[0].RegistryId));
    }

    [Fact(Timeout = Limit)]
    public async Task A_destination_of_a_later_rule_is_named_and_not_waited_for_for_ever()
    {
        ReplicationOutcome outcome = await WaitAsync(1800, [s_twoRules, .. Enumerable.Repeat(Statuses(("eu-west-1", "COMPLETE")), 40)]);
        Assert.Equal(Oregon, outcome.Missing.Single());
        Assert.InRange(_clock.Elapsed.TotalSeconds, 20, 60);
    }

    [Fact(Timeout = Limit)]
    public async Task An_image_pushed_before_the_rule_is_said_to_be_so()
    {
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() => WaitAsync(1800, [s_twoRules, .. Enumerable.Repeat(Statuses(), 40)]));
        Assert.Equal("ImageNotReplicated", e.ErrorId);
        Assert.Contains("pushed after the rule, which is for eu-west-1", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_repository_without_a_rule_is_not_waited_for_at_all()
    {
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => WaitAsync(1800, s_noRules, Statuses()));
        Assert.Contains("Set-PizzaReplication", e.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    }

    [Fact(Timeout = Limit)]
    public async Task Patience_ends_with_what_is_still_on_its_way()
    {
        ReplicationOutcome outcome =
            await WaitAsync(100, [s_twoRules, .. Enumerable.Repeat(Statuses(("eu-west-1", "COMPLETE"), ("us-west-2", "IN_PROGRESS")), 60)]);
        Assert.Equal("us-west-2", outcome.Unfinished.Single().DestinationRegion);
        Assert.InRange(_clock.Elapsed.TotalSeconds, 100, 101);
    }

    [Fact(Timeout = Limit)]
    public async Task Who_may_not_read_the_rules_may_wait_all_the_same()
    {
        ReplicationOutcome outcome = await WaitAsync(1800, Answer.Error("AccessDeniedException", "no"),
            Answer.Xml(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"),
            Statuses(("eu-west-1", "COMPLETE")));
        Assert.Equal("123456789012", outcome.Copies.Single().RegistryId);
    }

    [Theory]
    [InlineData("AccessDenied", "210987654321", "in account 210987654321 run Grant-PizzaReplication 123456789012 -Region eu-west-1")]
    [InlineData("RepositoryNotFound", "210987654321", "There is no repository 'api'")]
    [InlineData("KmsError", "123456789012", "encrypted with a key")]
    [InlineData("Anything", "210987654321", "Check the policy of the registry there")]
    [InlineData(null, "123456789012", "aws account list-regions")]
    public void A_failed_copy_says_what_to_look_at(string? code, string account, string next)
    {
        ImageReplication copy = new()
        {
            RepositoryName = "api", RegistryId = "123456789012", Region = "us-east-1", DestinationRegion = "eu-west-1",
            DestinationRegistryId = account, Status = "FAILED", FailureCode = code,
        };
        PizzaException e = ReplicationErrors.Failed(new(RepositoryName.Parse("api"), new() { ImageTag = "v1" }, null, TimeSpan.Zero), copy);
        Assert.Equal("ReplicationFailed", e.ErrorId);
        Assert.Contains(next, e.Message, StringComparison.Ordinal);
    }

    private sealed class Told(List<string> lines) : IProgress<IReadOnlyList<ImageReplication>>
    {
        public void Report(IReadOnlyList<ImageReplication> value) =>
            lines.Add(string.Join(", ", value.Select(c => $"{c.DestinationRegion} {c.Status}")));
    }

    /// <summary>A clock on which every pause is over at once, and has lasted.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private long _ticks;

        public TimeSpan Elapsed => TimeSpan.FromTicks(_ticks);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) _ticks += dueTime.Ticks;
            return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }
    }
}
