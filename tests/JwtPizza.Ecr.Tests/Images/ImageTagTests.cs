namespace JwtPizza.Ecr.Tests.Images;

public sealed class ImageTagTests
{
    [Theory]
    [InlineData("latest")]
    [InlineData("v1.2.3")]
    [InlineData("_x")]
    [InlineData("A-b_c.9")]
    public void Legal_tags_are_taken_as_they_are(string tag) => Assert.Equal(tag, ImageTag.Parse(tag).Value);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("-x", "starts with '-'")]
    [InlineData(".x", "starts with '.'")]
    [InlineData("a b", "holds ' '")]
    [InlineData("käse", "holds 'ä'")]
    [InlineData("latest\n", "holds '\n'")]
    [InlineData("repo:latest", "without the repository")]
    public void An_illegal_tag_is_refused_with_the_rule_it_breaks(string tag, string rule)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => ImageTag.Parse(tag));
        Assert.Equal(("InvalidImageTag", PizzaErrorKind.InvalidArgument), (e.ErrorId, e.Kind));
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_may_have_128_characters_and_no_more()
    {
        Assert.True(ImageTag.IsLegal(new string('a', 128)));
        Assert.False(ImageTag.IsLegal(new string('a', 129)));
    }
}
