using System.Net;
using System.Net.Sockets;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>An endpoint at which nothing is: how long it is tried, and what the error names.</summary>
[Collection(nameof(Environs))]
public sealed class DeadEndpointTests
{
    [Theory]
    [InlineData("AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL_ECR")]
    public async Task A_variable_that_leads_to_nothing_is_named_with_the_way_to_remove_it(string variable)
    {
        string url = $"http://127.0.0.1:{FreePort()}";
        using Environs environs = new((variable, url), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"));
        using AwsSession session = AwsSession.Open(new());
        PizzaException error = await Assert.ThrowsAsync<PizzaException>(() =>
            Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon)));
        Assert.Equal("ServiceUnreachable", error.ErrorId);
        Assert.Contains($"{variable} points there: it is '{url}'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"Remove-Item Env:{variable}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_attempts_to_connect_and_the_waits_between_them_end_within_fifteen_seconds()
    {
        TimeSpan waits = TimeSpan.FromSeconds(1 + 2);   // the SDK's, at most
        Assert.True((3 * Transport.ConnectTimeout) + waits <= TimeSpan.FromSeconds(15));
        Assert.True(Transport.CallTimeout <= TimeSpan.FromSeconds(15));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
