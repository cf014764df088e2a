using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Aws;

public sealed class BackoffTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(1000, 5)]
    public void A_wait_is_twice_the_one_before_up_to_the_longest(int attempt, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff(s_second, 5 * s_second).After(attempt));

    [Fact]
    public void Waits_spread_from_half_of_their_length()
    {
        TimeSpan[] waits = [.. Enumerable.Range(0, 200).Select(_ => new Backoff(s_second, s_second, Jitter: true).After(1))];
        Assert.All(waits, w => Assert.InRange(w, s_second / 2, s_second));
        Assert.True(waits.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(3, 3)]
    [InlineData(3600, 5)]
    public void A_server_that_asks_for_a_longer_wait_gets_it_up_to_the_longest(double asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff(s_second, 5 * s_second).After(1, TimeSpan.FromSeconds(asked)));
}
