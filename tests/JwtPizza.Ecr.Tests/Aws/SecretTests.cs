namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Errors are shown to other people: no password of a proxy or endpoint in them.</summary>
public sealed class SecretTests
{
    [Theory]
    [InlineData("to proxy 'http://me:pass@proxy:3128/' failed", "to proxy 'http://***@proxy:3128/' failed")]
    [InlineData("http://me:p@ss'word@proxy and https://x:y@z", "http://***@proxy and https://***@z")]
    [InlineData("http://token@host", "http://***@host")]
    [InlineData("https://host/path@sha256:0 a@b", "https://host/path@sha256:0 a@b")]
    [InlineData("repo:owner@1/name@2:*", "repo:owner@1/name@2:*")]
    public void What_a_URL_carries_before_its_host_is_hidden(string text, string shown)
    {
        Assert.Equal(shown, UrlSecrets.Hide(text));
        Assert.Equal(shown, UrlSecrets.Hide(shown));
    }

    [Fact]
    public void No_error_holds_it_nor_what_caused_the_error()
    {
        PizzaException e = new("X", PizzaErrorKind.Unavailable, "via http://me:pass@proxy/", "http://me:pass@proxy/",
            new HttpRequestException("x", new IOException("http://me:pass@proxy/")));
        Assert.DoesNotContain("pass", $"{e} {e.Target}", StringComparison.Ordinal);
        Assert.Contains("***@proxy", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cause_without_a_secret_is_kept()
    {
        IOException cause = new("http://proxy:3128/ is away");
        Assert.Same(cause, new PizzaException("X", PizzaErrorKind.Unavailable, "x", null, cause).InnerException);
    }
}
