namespace JwtPizza.Ecr.Sandbox;

/// <summary>The sandbox's time: runs as the real one does, from wherever it was set.</summary>
internal sealed class SandboxClock(TimeSpan offset) : TimeProvider
{
    private long _offset = offset.Ticks;

    /// <summary>How far it is ahead of the real time.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offset));

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddTicks(Interlocked.Read(ref _offset));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
