using System.Net;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Registry;

/// <summary>A failure that may be over at the next attempt, with the error to show if it is not.</summary>
internal sealed class TransientFailure(PizzaException error, TimeSpan? retryAfter) : Exception(error.Message, error)
{
    public PizzaException Error { get; } = error;
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>Repeats what failed in passing, after waits that double and are spread at random.</summary>
/// <param name="Attempts">How often in all.</param>
/// <param name="FirstWait">The longest wait before the second try.</param>
internal sealed record Retry(int Attempts, TimeSpan FirstWait)
{
    private readonly Backoff _backoff = new(FirstWait, TimeSpan.FromSeconds(20), Jitter: true);

    /// <summary>Five attempts within some four seconds of waiting.</summary>
    public static Retry Usual { get; } = new(5, TimeSpan.FromMilliseconds(250));

    /// <summary>Runs a call that may be repeated.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try { return await call(cancellationToken).ConfigureAwait(false); }
            catch (TransientFailure e) when (attempt < Attempts) { asked = e.RetryAfter; }
            catch (TransientFailure e) { throw e.Error; }
            catch (Exception e) when (attempt < Attempts && IsNetwork(e, cancellationToken)) { }
            await Task.Delay(_backoff.After(attempt, asked), cancellationToken).ConfigureAwait(false);
        }
    }

    public static bool IsWorthIt(HttpStatusCode status) => status is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    /// <summary>Whether the network failed: no connection, one that broke or stalled. Not when the caller cancelled.</summary>
    public static bool IsNetwork(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException;
}
