using System.Globalization;
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
    /// <summary>Five attempts within some four seconds of waiting.</summary>
    public static Retry Usual { get; } = new(5, TimeSpan.FromMilliseconds(250));

    /// <summary>The longest wait that a server can ask for; beyond it the user is told, and decides.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a small call may take with all its attempts.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>One that says nothing, or takes no byte, for so long has gone.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a registry may think after the last byte of a blob, with all attempts.</summary>
    public TimeSpan Storing { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Told of waits that a server asks for.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Runs a call that may be repeated.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mayGoOn">Whether there is time for another try; null for ever.</param>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken, Func<bool>? mayGoOn = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool isLast = attempt == Attempts;
            TimeSpan? asked = null;
            try { return await call(cancellationToken).ConfigureAwait(false); }
            catch (TransientFailure e) when (e.RetryAfter > LongestWait) { throw Asked(e); }
            catch (TransientFailure e) when (!isLast && mayGoOn?.Invoke() != false) { asked = e.RetryAfter; }
            catch (TransientFailure e) { throw e.Error; }
            catch (Exception e) when (!isLast && IsNetwork(e, cancellationToken) && mayGoOn?.Invoke() != false) { }
            TimeSpan wait = new Backoff(FirstWait, LongestWait, Jitter: true).After(attempt, asked);
            if (asked == wait)
            {
                Verbose
                    ?.Invoke(
                        string.Create(CultureInfo.InvariantCulture,
                            $"The server asks to wait {wait.TotalSeconds:0.#} seconds; then it is tried again."));
            }
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    public static bool IsWorthIt(HttpStatusCode status) =>
        status is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    /// <summary>Whether the network failed: no connection, one that broke or stalled. Not when the caller cancelled.</summary>
    public static bool IsNetwork(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException;

    private static PizzaException Asked(TransientFailure e) => new(e.Error.ErrorId, e.Error.Kind,
        string.Create(CultureInfo.InvariantCulture,
            $"{e.Error.Message} It asks clients to wait {e.RetryAfter!.Value.TotalSeconds:0} seconds."), e.Error.Target, e);
}
