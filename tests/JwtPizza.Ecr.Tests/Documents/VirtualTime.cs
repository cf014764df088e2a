namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>A clock on which a pause takes no time: whatever is due next happens next, on the thread of the test.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<Timer, (long Due, long Order)> _due = new();
    private long _now, _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Now => new(_now);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(callback, state);
        _due.Enqueue(timer, (_now + Math.Max(dueTime.Ticks, 0), _order++));
        return timer;
    }

    /// <summary>Lets time pass until the work is done.</summary>
    public void Run(Task work)
    {
        while (!work.IsCompleted)
        {
            if (!_due.TryDequeue(out Timer? timer, out (long Due, long Order) at))
                throw new InvalidOperationException("Nothing is due, and the work is not done.");
            _now = Math.Max(_now, at.Due);
            timer.Ring();
        }
        work.GetAwaiter().GetResult();
    }

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        private bool _over;

        public void Ring()
        {
            if (!_over) callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_over;

        public void Dispose() => _over = true;

        public ValueTask DisposeAsync()
        {
            _over = true;
            return ValueTask.CompletedTask;
        }
    }
}
