using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Registry;

public sealed class RetryTests
{
    private static readonly Retry s_three = new(3, TimeSpan.FromMilliseconds(1));
    private static readonly PizzaException s_error = new("RegistryUnavailable", PizzaErrorKind.Unavailable, "no");

    [Fact]
    public async Task What_fails_too_often_ends_with_the_error_for_the_user()
    {
        int calls = 0;
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                s_three.RunAsync<int>(_ => { calls++; throw new TransientFailure(s_error, null); }, Sessions.Soon));
        Assert.Same(s_error, e);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task An_error_of_ours_is_not_repeated()
    {
        int calls = 0;
        await Assert.ThrowsAsync<PizzaException>(() => s_three.RunAsync<int>(_ => { calls++; throw s_error; }, Sessions.Soon));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task The_wait_that_a_registry_asks_for_is_kept()
    {
        int calls = 0;
        long start = TimeProvider.System.GetTimestamp();
        await s_three.RunAsync(_ => calls++ == 0 ? throw new TransientFailure(s_error, TimeSpan.FromMilliseconds(120)) : Task.FromResult(1),
            Sessions.Soon);
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Cancelling_ends_the_waiting()
    {
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(50));
        Task<int> running = new Retry(3, TimeSpan.FromHours(1)).RunAsync<int>(_ => throw new TransientFailure(s_error, null), cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken));
    }
}
