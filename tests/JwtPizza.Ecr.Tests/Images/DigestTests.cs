using System.Text;

namespace JwtPizza.Ecr.Tests.Images;

public sealed class DigestTests
{
    private const string OfEmpty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void The_digest_of_nothing_is_the_known_one() => Assert.Equal(OfEmpty, Digest.Of([]).Value);

    [Fact]
    public void A_digest_reads_back_as_it_was_written()
    {
        Digest digest = Digest.Of(Encoding.UTF8.GetBytes("pizza"));
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.Equal(64, digest.Hex.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData(OfEmpty + "0")]
    [InlineData(OfEmpty + "\n")]
    [InlineData("sha512:" + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../etc/passwd0000")]
    public void Anything_else_is_refused_and_named(string text)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Digest.Parse(text));
        Assert.Equal("InvalidDigest", e.ErrorId);
        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
    }
}
