using System.Net.Sockets;
using Amazon.Runtime;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>What cannot be provoked on the loopback: the translator by itself.</summary>
public sealed class ErrorTests
{
    private static readonly CallContext s_call =
        new(AwsService.Ecr, "DescribeImages", new Settings("eu-central-1", Partition.Of("eu-central-1"), null, null, false));

    [Fact]
    public void A_proxy_that_refuses_is_named_as_the_proxy()
    {
        HttpRequestException tunnel =
            new(HttpRequestError.ProxyTunnelError, "The proxy tunnel request to proxy 'http://proxy:3128/' failed with status code '407'.");
        AmazonServiceException plain =
            new("HTTP 407", null, ErrorType.Unknown, null, null, System.Net.HttpStatusCode.ProxyAuthenticationRequired);
        foreach (Exception e in (Exception[])[tunnel, plain])
        {
            PizzaException error = Translate(e)!;
            Assert.Equal(("ProxyRefused", PizzaErrorKind.Unavailable), (error.ErrorId, error.Kind));
            Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
            Assert.Same(e, error.InnerException);
        }
    }

    [Fact]
    public void A_name_that_does_not_resolve_is_an_unreachable_service_in_its_region()
    {
        PizzaException error = Translate(new HttpRequestException("x", new SocketException((int)SocketError.HostNotFound)))!;
        Assert.Equal("ServiceUnreachable", error.ErrorId);
        Assert.Contains("ECR in eu-central-1 cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Contains("the region's name", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_that_AWS_does_not_have_is_answered_with_the_one_that_was_perhaps_meant()
    {
        CallContext call = new(AwsService.Ecr, "DescribeImages", new Settings("eu-wset-1", Partition.Of("eu-west-1"), null, null, false));
        Assert.Contains("'eu-wset-1' is not a known one. Did you mean 'eu-west-1'?",
            AwsErrors.Translate(new HttpRequestException("x"), call, CancellationToken.None)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("af-south-1", true)]
    [InlineData("eu-central-2", true)]
    [InlineData("eu-central-1", false)]
    [InlineData("cn-north-1", false)]
    public void A_key_that_is_unknown_where_regions_must_be_enabled_tells_how(string region, bool told)
    {
        CallContext call = new(AwsService.Ecr, "DescribeRegistry", new Settings(region, Partition.Of(region), null, null, false));
        AmazonServiceException unknown = new("The security token included in the request is invalid.", null, ErrorType.Sender,
            "UnrecognizedClientException", "id", System.Net.HttpStatusCode.BadRequest);
        PizzaException error = AwsErrors.Translate(unknown, call, CancellationToken.None)!;
        Assert.Equal(told, error.Message.Contains($"enable-region --region-name {region}", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancellation_and_errors_of_ours_pass_untouched()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Null(AwsErrors.Translate(new OperationCanceledException(), s_call, cancelled.Token));
        Assert.Null(AwsErrors.Translate(new TaskCanceledException(), s_call, cancelled.Token));
        Assert.Null(Translate(new PizzaException("X", PizzaErrorKind.NotFound, "x")));
        Assert.Null(Translate(new InvalidOperationException("a bug of ours shows itself")));
    }

    private static PizzaException? Translate(Exception e) => AwsErrors.Translate(e, s_call, CancellationToken.None);
}
