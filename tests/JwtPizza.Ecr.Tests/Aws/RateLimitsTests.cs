using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Documents;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>AWS's documented rates, on a clock on which waiting takes no time.</summary>
public sealed class RateLimitsTests
{
    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData("PutImage", 10)]
    [InlineData("InitiateLayerUpload", 100)]
    [InlineData("CompleteLayerUpload", 100)]
    [InlineData("GetAuthorizationToken", 500)]
    public void No_second_has_more_calls_than_the_rate_allows_and_none_is_wasted(string operation, int rate)
    {
        RateLimits limits = new(_time);
        List<TimeSpan> calls = [];
        Task[] all = [.. Enumerable.Range(0, 3 * rate).Select(_ => CallAsync())];
        _time.Run(Task.WhenAll(all));
        Assert.Equal(3 * rate, calls.Count);
        Assert.All(calls, from => Assert.InRange(calls.Count(c => c >= from && c < from + TimeSpan.FromSeconds(1)), 1, rate));
        Assert.InRange(_time.Now, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));

        async Task CallAsync()
        {
            await limits.WaitAsync("api.ecr.us-east-1.amazonaws.com", operation, TestContext.Current.CancellationToken);
            lock (calls) calls.Add(_time.Now);
        }
    }

    [Fact]
    public void Registries_and_operations_have_rates_of_their_own()
    {
        RateLimits limits = new(_time);
        foreach (string host in (string[])["a", "b"])
            for (int i = 0; i < 10; i++)
                Assert.True(limits.WaitAsync(host, "PutImage", TestContext.Current.CancellationToken).IsCompleted);
        Assert.True(limits.WaitAsync("a", "InitiateLayerUpload", TestContext.Current.CancellationToken).IsCompleted);
        Assert.True(limits.WaitAsync("a", "DescribeImages", TestContext.Current.CancellationToken).IsCompleted);
        Assert.False(limits.WaitAsync("a", "PutImage", TestContext.Current.CancellationToken).IsCompleted);
    }
}
