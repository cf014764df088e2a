namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The pauses between looks at work that AWS does by itself: each twice the one before, up to a longest one, and none beyond the limit.</summary>
/// <param name="time">The clock; it starts now.</param>
/// <param name="limit">How long to wait in all.</param>
/// <param name="first">The first pause.</param>
/// <param name="longest">The longest pause.</param>
internal sealed class Pauses(TimeProvider time, TimeSpan limit, TimeSpan first, TimeSpan longest)
{
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = first;

    /// <summary>How long it has been.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Whether the limit is reached.</summary>
    public bool AreOver => Elapsed >= limit;

    /// <summary>Makes the next pause.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = limit - Elapsed, pause = Shorter(_next, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        _next = Shorter(_next * 2, longest);
        return Task.Delay(pause, time, cancellationToken);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
