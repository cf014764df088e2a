namespace JwtPizza.Ecr.Tests.Images;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/arm64", "linux/arm64")]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/arm/v7", "linux/arm/v7")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("Linux/AArch64", "linux/arm64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void A_platform_is_read_as_docker_reads_it(string text, string platform) =>
        Assert.Equal(platform, Platform.Parse(text).ToString());

    [Theory]
    [InlineData("linux/arm46", "linux/arm64")]
    [InlineData("arm64", "linux/arm64")]
    [InlineData("aarch64", "linux/arm64")]
    [InlineData("linus/amd64", "linux/amd64")]
    [InlineData("linux/amd46", "linux/amd64")]
    [InlineData("linux/arm/v9", "linux/arm/v5")]
    [InlineData("linux/arm64/v88", "linux/arm64/v8")]
    [InlineData("linux", "linux/")]
    [InlineData("", "linux/")]
    [InlineData("linux/", "linux/")]
    [InlineData("windows/s390x", "windows/")]
    [InlineData("linux/arm64/v8/x", "linux/arm64")]
    public void A_platform_that_does_not_exist_is_refused_with_the_nearest_that_does(string text, string nearest)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Platform.Parse(text));
        Assert.Equal("InvalidPlatform", e.ErrorId);
        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
        Assert.Contains($"Did you mean '{nearest}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm/v7", "linux/arm", true)]
    [InlineData("linux/arm/v7", "linux/arm/v6", false)]
    [InlineData("linux/arm64", "linux/amd64", false)]
    public void A_variant_counts_only_where_both_name_one(string asked, string found, bool matches) =>
        Assert.Equal(matches, Platform.Parse(asked).Matches(Platform.Parse(found)));

    [Fact]
    public void Commas_are_between_platforms_as_docker_has_it()
    {
        Assert.Equal(["linux/arm64", "linux/amd64"],
            Platform.ParseAll(["linux/arm64,linux/amd64", " linux/arm64"]).Select(p => p.ToString()));
        Assert.Equal("InvalidPlatform", Assert.Throws<PizzaException>(() => Platform.ParseAll(["linux/arm64,"])).ErrorId);
    }
}
