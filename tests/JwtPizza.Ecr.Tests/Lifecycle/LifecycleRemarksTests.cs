namespace JwtPizza.Ecr.Tests.Lifecycle;

public sealed class LifecycleRemarksTests
{
    [Fact]
    public void Prefixes_that_no_tag_has_at_once_are_remarked_on()
    {
        string remark = Assert.Single(
            LifecycleRemarks.Of([new LifecycleRule { TagStatus = "tagged", TagPrefix = ["dev-", "stage-", "prod-"], CountNumber = 1 }]));
        Assert.Contains("a tag for each of 'dev-*', 'stage-*', 'prod-*'", remark, StringComparison.Ordinal);
        Assert.Contains("-ImageCountMoreThan 1", remark, StringComparison.Ordinal);
        Assert.Single(LifecycleRemarks.Of([new LifecycleRule { TagStatus = "tagged", TagPattern = ["dev-*", "prod"], CountNumber = 1 }]));
    }

    [Theory]
    [InlineData("v*")]
    [InlineData("v*", "v1*")]
    [InlineData("*-arm64", "v*")]
    public void Patterns_that_one_tag_can_have_are_not(params string[] patterns) =>
        Assert.Empty(
            LifecycleRemarks.Of(
                [new LifecycleRule { TagStatus = "tagged", TagPattern = patterns, CountNumber = 1 }, LifecycleRule.KeepLast(1)]));
}
