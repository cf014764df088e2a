namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// Repeats what is refused because a change in IAM is not to be seen everywhere yet. AWS gives no bound:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
/// </summary>
/// <param name="Time">The clock.</param>
/// <param name="Patience">After this time the refusal is taken for the answer.</param>
internal sealed record ConsistencyRetry(TimeProvider Time, TimeSpan Patience)
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(4));

    /// <summary>Ten seconds, which is more than IAM usually needs.</summary>
    public static ConsistencyRetry Usual { get; } = new(TimeProvider.System, TimeSpan.FromSeconds(10));

    /// <summary>Runs a call that may be repeated.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayPass">Whether a refusal may be over in a moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, Func<PizzaException, bool> mayPass, CancellationToken cancellationToken)
    {
        Poll poll = new(Time, Patience, s_backoff);
        while (true)
        {
            try { return await call().ConfigureAwait(false); }
            catch (PizzaException e) when (!poll.IsOver && mayPass(e)) { }
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a call that has no result.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayPass">Whether a refusal may be over in a moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(Func<Task> call, Func<PizzaException, bool> mayPass, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        }, mayPass, cancellationToken);
}
