namespace JwtPizza.Ecr.Tests.Images;

public sealed class TagMutabilityTests
{
    [Theory]
    [InlineData("MUTABLE", "", "v1", false)]
    [InlineData("IMMUTABLE", "", "v1", true)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "latest", "latest", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "latest", "latest2", true)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "dev-*", "dev-", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "dev-*", "prod-1", true)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "a,dev*x*-1", "dev-xx-1", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "a*a", "a", true)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", "v1.*", "v1x2", true)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "v*", "v1", true)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "v*", "latest", false)]
    [InlineData("MUTABLE", "v*", "v1", false)]
    public void Exclusions_turn_the_setting_round_for_the_tags_they_match(string setting, string exclusions, string tag, bool immutable) =>
        Assert.Equal(immutable, new TagMutability(setting, exclusions.Split(',', StringSplitOptions.RemoveEmptyEntries)).IsImmutable(tag));
}
