using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What a user sees of waits, on a clock that the test moves.</summary>
public sealed class WaitNoticesTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<ProgressRecord> _bars = [];
    private readonly List<string> _lines = [];
    private readonly WaitNotices _notices;
    private readonly CallReport _call = new("ecr:DescribeRepositories", "ECR in us-east-1");

    public WaitNoticesTests() => _notices = new(action => action(), _lines.Add, _bars.Add, _time);

    public void Dispose() => _notices.Dispose();

    [Fact]
    public void A_call_that_is_answered_within_two_seconds_shows_nothing()
    {
        _notices.Began(_call);
        _time.Advance(1.9);
        _notices.Ended(_call);
        _time.Advance(10);
        Assert.Empty(_bars);
    }

    [Fact]
    public void A_call_that_waits_shows_what_for_and_how_long_and_the_bar_is_gone_at_its_end()
    {
        _notices.Began(_call);
        _time.Advance(2);
        _time.Advance(1);
        Assert.Equal(
            ["ecr:DescribeRepositories: ECR in us-east-1 has not answered for 2 seconds",
                "ecr:DescribeRepositories: ECR in us-east-1 has not answered for 3 seconds"],
            _bars.Select(b => b.StatusDescription));
        _notices.Ended(_call);
        Assert.Equal(ProgressRecordType.Completed, _bars[^1].RecordType);
    }

    [Fact]
    public void Of_several_calls_the_oldest_is_shown_and_each_call_has_two_seconds_of_its_own()
    {
        CallReport other = new("iam:GetRole", "IAM in us-east-1");
        _notices.Began(_call);
        _time.Advance(1);
        _notices.Began(other);
        _notices.Ended(_call);
        _time.Advance(1);
        Assert.Empty(_bars);
        _time.Advance(1);
        Assert.StartsWith("iam:GetRole", Assert.Single(_bars).StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public void Debug_has_a_line_for_each_call_with_its_request_id()
    {
        _notices.Began(_call);
        _call.RequestId = "abc-1";
        _time.Advance(0.25);
        _notices.Ended(_call);
        Assert.Equal(["ecr:DescribeRepositories, ECR in us-east-1: OK after 250 ms, request id abc-1"], _lines);
    }

    [Fact]
    public void A_command_that_shows_nothing_for_two_seconds_says_that_it_works_and_the_bar_is_gone_at_its_end()
    {
        _notices.Works("Add-PizzaTrustSubject");
        _time.Advance(1.9);
        Assert.Empty(_bars);
        _time.Advance(1.2);
        Assert.Equal(["Working for 2 seconds", "Working for 3 seconds"], _bars.Select(b => b.StatusDescription));
        Assert.All(_bars, b => Assert.Equal("Add-PizzaTrustSubject", b.Activity));
        _notices.Rested();
        Assert.Equal(ProgressRecordType.Completed, _bars[^1].RecordType);
        _time.Advance(60);
        Assert.Equal(3, _bars.Count);
    }

    [Fact]
    public void A_command_that_shows_something_or_has_a_bar_of_its_own_needs_none()
    {
        _notices.Works("Get-PizzaImage");
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(1.5);
            _notices.Said();
        }
        _notices.Said(hasOwnBar: true);
        _time.Advance(30);
        Assert.Empty(_bars);
        _notices.Said(hasOwnBar: false);
        _time.Advance(3);
        Assert.NotEmpty(_bars);
    }

    [Fact]
    public void A_call_that_waits_goes_before_the_command_that_works()
    {
        _notices.Works("Get-PizzaRepository");
        _notices.Began(_call);
        _time.Advance(2);
        Assert.StartsWith("ecr:DescribeRepositories", Assert.Single(_bars).StatusDescription, StringComparison.Ordinal);
        _notices.Ended(_call);
        Assert.Equal(ProgressRecordType.Completed, _bars[^1].RecordType);
        _time.Advance(2);
        Assert.Equal("Working for 4 seconds", _bars[^1].StatusDescription);
    }

    [Fact]
    public void While_the_pipeline_is_asking_the_user_bars_do_not_pile_up()
    {
        List<Action> posted = [];
        using WaitNotices notices = new(posted.Add, null, _bars.Add, _time);
        notices.Works("Remove-PizzaRepository");
        _time.Advance(30);
        Action late = Assert.Single(posted);
        notices.Said();
        late();
        Assert.Empty(_bars);
    }

    private sealed class ManualTime : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timer timer = new(this, () => callback(state));
            _timers.Add(timer);
            timer.Change(dueTime, period);
            return timer;
        }

        public void Advance(double seconds)
        {
            long end = _now + TimeSpan.FromSeconds(seconds).Ticks;
            while (_timers.Where(t => t.Due <= end).MinBy(t => t.Due) is { } next)
            {
                _now = next.Due;
                next.Ring();
            }
            _now = end;
        }

        private sealed class Timer(ManualTime time, Action ring) : ITimer
        {
            private long _period = long.MaxValue;

            public long Due { get; private set; } = long.MaxValue;

            public void Ring()
            {
                Due = _period == long.MaxValue ? long.MaxValue : Due + _period;
                ring();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime < TimeSpan.Zero ? long.MaxValue : time._now + dueTime.Ticks;
                _period = period < TimeSpan.Zero ? long.MaxValue : period.Ticks;
                return true;
            }

            public void Dispose() => Due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
