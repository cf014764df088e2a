namespace JwtPizza.Ecr.Tests.Lifecycle;

public sealed class LifecycleMergeTests
{
    private static readonly LifecyclePolicy s_both = LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(10));

    [Fact]
    public void The_first_rules_are_numbered_from_one_with_any_last()
    {
        LifecyclePolicy policy = LifecyclePolicy.Of(LifecycleRule.KeepLast(10), LifecycleRule.UntaggedAfter(1));
        Assert.Equal([(1, "untagged"), (2, "any")], policy.Rules.Select(r => (r.Priority, r.TagStatus)));
        Assert.Equal(s_both, policy);
    }

    [Fact]
    public void A_rule_for_the_same_images_replaces_the_old_one_in_its_place()
    {
        LifecyclePolicy policy = LifecyclePolicy.Merge(s_both, [LifecycleRule.UntaggedAfter(7)]);
        Assert.Equal([(1, 7), (2, 10)], policy.Rules.Select(r => (r.Priority, r.CountNumber)));
    }

    [Fact]
    public void A_new_rule_comes_before_the_one_for_any_image_and_nothing_else_moves()
    {
        LifecyclePolicy policy = LifecyclePolicy.Merge(s_both, [LifecycleRule.KeepLastTagged(5, "prod*")]);
        Assert.Equal([(1, "untagged"), (2, "tagged"), (3, "any")], policy.Rules.Select(r => (r.Priority, r.TagStatus)));
    }

    [Fact]
    public void A_gap_before_the_rule_for_any_image_is_used()
    {
        LifecyclePolicy current =
            LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1) with { Priority = 10 }, LifecycleRule.KeepLast(10) with { Priority = 99 });
        LifecyclePolicy policy = LifecyclePolicy.Merge(current, [LifecycleRule.KeepLastTagged(5, "prod*")]);
        Assert.Equal([10, 11, 99], policy.Rules.Select(r => r.Priority));
    }

    [Fact]
    public void A_rule_with_a_priority_goes_there_and_pushes_the_others_down()
    {
        LifecyclePolicy policy = LifecyclePolicy.Merge(s_both, [LifecycleRule.KeepLastTagged(5, "prod*") with { Priority = 1 }]);
        Assert.Equal([(1, "tagged"), (2, "untagged"), (3, "any")], policy.Rules.Select(r => (r.Priority, r.TagStatus)));
    }

    [Fact]
    public void A_rule_of_the_archive_leaves_the_rules_of_the_standard_class_alone()
    {
        LifecycleRule archive =
            new() { StorageClass = "archive", CountType = "sinceImageTransitioned", CountUnit = "days", CountNumber = 120 };
        LifecyclePolicy policy = LifecyclePolicy.Merge(s_both, [archive]);
        Assert.Equal([(1, "untagged"), (2, "any"), (3, "any")], policy.Rules.Select(r => (r.Priority, r.TagStatus)));
    }

    [Fact]
    public void A_rule_that_means_the_same_keeps_the_description_that_somebody_wrote()
    {
        LifecyclePolicy current = LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1) with { Description = "Agreed with the team" });
        Assert.Equal(current, LifecyclePolicy.Merge(current, [LifecycleRule.UntaggedAfter(1)], keepDescriptions: true));
        Assert.Equal("New words",
            LifecyclePolicy.Merge(current, [LifecycleRule.UntaggedAfter(1) with { Description = "New words" }]).Rules[0].Description);
    }

    [Fact]
    public void Two_new_rules_for_the_same_images_are_refused() =>
        Assert.Contains("select the same images",
            Assert.Throws<PizzaException>(() => LifecyclePolicy.Of(LifecycleRule.KeepLast(1), LifecycleRule.KeepLast(2))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Two_new_rules_with_one_priority_are_refused() =>
        Assert.Contains("the priority 3",
            Assert.Throws<PizzaException>(() =>
                LifecyclePolicy.Of(LifecycleRule.KeepLast(1) with { Priority = 3 },
                    LifecycleRule.UntaggedAfter(2) with { Priority = 3 })).Message, StringComparison.Ordinal);

    [Fact]
    public void The_greatest_number_that_there_is_can_be_followed_by_another()
    {
        LifecyclePolicy current = LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1) with { Priority = int.MaxValue });
        Assert.Equal([1, 2], LifecyclePolicy.Merge(current, [LifecycleRule.KeepLast(3)]).Rules.Select(r => r.Priority));
    }
}
