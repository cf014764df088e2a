namespace JwtPizza.Ecr.Tests.Repositories;

public sealed class RepositoryNameTests
{
    [Theory]
    [InlineData("jwt-pizza-service")]
    [InlineData("team-a/jwt.pizza_service")]
    [InlineData("a__b")]
    [InlineData("a--b")]
    [InlineData("1a")]
    public void Legal_names_are_taken_as_they_are(string name) => Assert.Equal(name, RepositoryName.Parse(name).Value);

    [Theory]
    [InlineData("a", "1 character")]
    [InlineData("", "0 character")]
    [InlineData("JwtPizza", "uppercase")]
    [InlineData("a..b", "two separators")]
    [InlineData("a___b", "two separators")]
    [InlineData("a/", "start and end")]
    [InlineData("-a", "start and end")]
    [InlineData("jwt pizza", "holds ' '")]
    [InlineData("jwt-pizza\n", "holds '\n'")]
    public void An_illegal_name_is_refused_with_the_rule_it_breaks(string name, string rule)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => RepositoryName.Parse(name));
        Assert.Equal("InvalidRepositoryName", e.ErrorId);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_have_256_characters_and_no_more()
    {
        Assert.True(RepositoryName.IsLegal(new string('a', 256)));
        Assert.False(RepositoryName.IsLegal(new string('a', 257)));
    }
}
