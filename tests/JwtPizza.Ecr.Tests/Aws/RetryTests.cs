using System.Globalization;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Aws.Reading;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>What is worth a second attempt gets it, and no more than three.</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task Two_failures_of_the_service_are_survived()
    {
        await using ScriptedServer server = new(Answer.Json("{}", 500), Answer.Html(503), Answer.Json(Empty));
        await ReadAsync(server);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(r => r.Headers["amz-sdk-invocation-id"]).Distinct());
    }

    [Fact]
    public async Task A_page_of_HTML_with_503_is_an_unavailable_service()
    {
        await using ScriptedServer server = new(Answer.Html(503));
        PizzaException e = await FailAsync(server);
        Assert.Equal(("ServiceUnavailable", PizzaErrorKind.Unavailable, 3), (e.ErrorId, e.Kind, server.Requests.Count));
        Assert.Contains("HTTP 503", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html>", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_service_with_a_code_keeps_it()
    {
        await using ScriptedServer server = new(Answer.Error("ServerException", "We did it.", 500));
        PizzaException e = await FailAsync(server);
        Assert.Equal(("ServerException", PizzaErrorKind.Unavailable), (e.ErrorId, e.Kind));
    }

    [Theory]
    [InlineData("ThrottlingException", 400)]
    [InlineData("Throttling", 400)]
    [InlineData("RequestLimitExceeded", 503)]
    [InlineData("TooManyRequestsException", 429)]
    public async Task Throttling_is_tried_three_times_and_then_told_with_one_id_whatever_the_service_calls_it(string code, int status)
    {
        await using ScriptedServer server = new(Answer.Error(code, "Rate exceeded", status));
        PizzaException e = await FailAsync(server);
        Assert.Equal(("ThrottlingException", PizzaErrorKind.Unavailable, 3), (e.ErrorId, e.Kind, server.Requests.Count));
        Assert.Contains("Wait", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_an_hour_slow_is_corrected_by_what_the_server_says()
    {
        string date = DateTimeOffset.UtcNow.AddHours(1).ToString("r", CultureInfo.InvariantCulture);
        await using ScriptedServer server = new(
            Answer.Error("InvalidSignatureException", "Signature not yet current")
                with { Headers = new Dictionary<string, string> { ["Date"] = date } },
            Answer.Json(Empty) with { Headers = new Dictionary<string, string> { ["Date"] = date } });
        await ReadAsync(server);
        Assert.Equal(2, server.Requests.Count);
        Assert.StartsWith(DateTimeOffset.UtcNow.AddHours(1).ToString("yyyyMMddTHH", CultureInfo.InvariantCulture),
            server.Requests[1].Headers["X-Amz-Date"], StringComparison.Ordinal);
    }
}
