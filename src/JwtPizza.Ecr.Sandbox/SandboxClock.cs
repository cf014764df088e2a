namespace JwtPizza.Ecr.Sandbox;

/// <summary>The sandbox's time: runs as the real one does, from wherever it was set.</summary>
internal sealed class SandboxClock(DateTimeOffset? start) : TimeProvider
{
    private long _offset = start is { } then ? (then - DateTimeOffset.UtcNow).Ticks : 0;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddTicks(Interlocked.Read(ref _offset));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
