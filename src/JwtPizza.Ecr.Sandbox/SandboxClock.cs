namespace JwtPizza.Ecr.Sandbox;

/// <summary>The sandbox's time: runs as the real one does, from wherever it was set.</summary>
internal sealed class SandboxClock(TimeSpan offset) : TimeProvider
{
    private long _offset = offset.Ticks;

    /// <summary>How far it is ahead of the real time.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offset));

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddTicks(Interlocked.Read(ref _offset));

    /// <summary>The last moment that it may show: what lies a lifetime of credentials or a policy's days behind it can still be
    /// told.</summary>
    public static DateTimeOffset End { get; } = new(9998, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="PizzaException"><c>ClockOutOfRange</c>: beyond <see cref="End"/>.</exception>
    public void Advance(TimeSpan by)
    {
        Check(GetUtcNow(), by);
        Interlocked.Add(ref _offset, by.Ticks);
    }

    /// <summary>Refuses a step that no calendar has.</summary>
    public static void Check(DateTimeOffset now, TimeSpan by)
    {
        if (by > End - now)
            throw new PizzaException("ClockOutOfRange", PizzaErrorKind.InvalidArgument,
                $"The sandbox's clock cannot go from {now:u} on by {by.TotalDays:0} days: it ends with the year 9998.", by);
    }
}
