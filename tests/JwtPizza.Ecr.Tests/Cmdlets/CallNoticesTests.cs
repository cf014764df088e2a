using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What a user sees of calls that take long, on a clock that the test moves.</summary>
public sealed class CallNoticesTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<ProgressRecord> _bars = [];
    private readonly List<string> _lines = [];
    private readonly CallNotices _notices;
    private readonly CallReport _call = new("ecr:DescribeRepositories", "ECR in us-east-1");

    public CallNoticesTests() => _notices = new(action => action(), _lines.Add, _bars.Add, _time);

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
