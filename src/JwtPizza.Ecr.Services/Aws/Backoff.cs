namespace JwtPizza.Ecr.Services.Aws;

/// <summary>How long to wait before the next attempt: each time twice as long, up to a longest one.</summary>
/// <param name="First">The first wait.</param>
/// <param name="Longest">The longest wait.</param>
/// <param name="Jitter">Whether waits are spread at random (from half of their length), so that many clients do not come back at
/// once.</param>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Longest, bool Jitter = false)
{
    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">The first attempt is 1.</param>
    /// <param name="asked">How long the server asks to wait, if it does.</param>
    public TimeSpan After(int attempt, TimeSpan? asked = null)
    {
        TimeSpan wait = Shorter(First * Math.Pow(2, Math.Min(attempt, 32) - 1), Longest);
        if (Jitter) wait *= 0.5 + (Random.Shared.NextDouble() / 2);
        return asked > wait ? Shorter(asked.Value, Longest) : wait;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
