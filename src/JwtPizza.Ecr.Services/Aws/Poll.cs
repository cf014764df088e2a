namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Looks again and again at work that AWS does by itself, within a limit of time.</summary>
/// <param name="time">The clock; it starts now.</param>
/// <param name="limit">How long to wait in all.</param>
/// <param name="backoff">The waits between two looks.</param>
internal sealed class Poll(TimeProvider time, TimeSpan limit, Backoff backoff)
{
    private readonly long _start = time.GetTimestamp();
    private int _looks;

    /// <summary>How long it has been.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Whether the limit is reached.</summary>
    public bool IsOver => Elapsed >= limit;

    /// <summary>Waits for the next look, and not beyond the limit.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public Task NextAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = limit - Elapsed, wait = backoff.After(++_looks);
        return Task.Delay(left <= TimeSpan.Zero ? TimeSpan.Zero : wait < left ? wait : left, time, cancellationToken);
    }
}
