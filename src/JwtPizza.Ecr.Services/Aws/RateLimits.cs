namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// Holds calls back that would exceed the rates that AWS documents for ECR, however many go on at once in this process: of each operation
/// as many as its rate in any second. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RateLimits(TimeProvider time)
{
    /// <summary>A second, and what a clock may be wrong by.</summary>
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(1010);

    private static readonly Dictionary<string, int> s_rates = new(StringComparer.Ordinal)
    {
        ["PutImage"] = 10, ["InitiateLayerUpload"] = 100, ["CompleteLayerUpload"] = 100, ["GetAuthorizationToken"] = 500,
    };

    private readonly Dictionary<(string, string), Queue<long>> _taken = [];

    /// <summary>Those of this process.</summary>
    public static RateLimits Shared { get; } = new(TimeProvider.System);

    /// <summary>Waits until one more call keeps the rate; no time for an operation without one.</summary>
    /// <param name="host">Whom the call goes to.</param>
    /// <param name="operation">The operation of ECR.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitAsync(string host, string operation, CancellationToken cancellationToken)
    {
        if (!s_rates.TryGetValue(operation, out int rate)) return Task.CompletedTask;
        TimeSpan wait = Take(host, operation, rate);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }

    // A token comes back a second after it was taken.
    private TimeSpan Take(string host, string operation, int rate)
    {
        lock (_taken)
        {
            if (!_taken.TryGetValue((host, operation), out Queue<long>? taken)) _taken[(host, operation)] = taken = new(rate);
            long now = time.GetTimestamp(), at = now;
            if (taken.Count == rate) at = Math.Max(now, taken.Dequeue() + (long)(s_period.TotalSeconds * time.TimestampFrequency));
            taken.Enqueue(at);
            return time.GetElapsedTime(now, at);
        }
    }
}
