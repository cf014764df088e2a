namespace JwtPizza.Ecr.Tests.Views;

public sealed class ShortTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, "")]
    [InlineData(0L, "0.00")]
    [InlineData(9_999L, "<0.01")]
    [InlineData(12_345_678L, "12.35")]
    public void Sizes_are_shown_in_millions_of_bytes(long? bytes, string shown) => Assert.Equal(shown, Short.Megabytes(bytes));

    [Theory]
    [InlineData(null, "")]
    [InlineData("sha256:0123456789abcdef", "0123456789ab")]
    [InlineData("0123", "0123")]
    public void Digests_are_shortened_as_docker_does(string? digest, string shown) => Assert.Equal(shown, Short.Digest(digest));

    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3600, "1h")]
    [InlineData(172_799, "47h")]
    [InlineData(172_800, "2d")]
    public void Ages_have_one_unit(int seconds, string shown) => Assert.Equal(shown, Short.Age(s_now.AddSeconds(-seconds), s_now));
}
