
namespace JwtPizza.Ecr.Tests.Lifecycle;

public sealed class LifecycleEvaluatorTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static LifecycleImage Image(string digest, double daysAgo, params string[] tags) =>
        new() { ImageDigest = digest, ImageTags = tags, ImagePushedAt = s_now.AddDays(-daysAgo) };

    private static string[] Taken(LifecyclePolicy policy, params LifecycleImage[] images) =>
        [.. LifecycleEvaluator.Evaluate(images, policy, s_now).Select(v => $"{v.Image.ImageDigest}:{v.Rule.Action}")];

    private static LifecycleRule Days(string countType, int days, string action = "expire") => new()
    {
        CountType = countType, CountUnit = "days", CountNumber = days, Action = action,
        StorageClass = countType == "sinceImageTransitioned" ? "archive" : null,
        TargetStorageClass = action == "transition" ? "archive" : null,
    };

    [Fact]
    public void Age_counts_from_the_push_and_a_day_must_be_over() =>
        Assert.Equal(["old:expire"],
            Taken(LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1)), Image("old", 1.001), Image("just", 1),
                Image("tagged", 30, "latest")));

    [Fact]
    public void A_rule_that_spares_an_image_shields_it_from_the_rules_after_it() =>
        Assert.Empty(
            Taken(LifecyclePolicy.Of(LifecycleRule.KeepLastTagged(5, "prod*"), LifecycleRule.KeepLast(1)), Image("p1", 9, "prod-1"),
                Image("p2", 8, "prod-2"), Image("x", 1, "x")));

    [Fact]
    public void The_children_of_an_index_are_neither_taken_nor_counted_while_it_is_there()
    {
        LifecycleImage index = Image("index", 5, "latest") with { Children = ["arm64", "attestation"] };
        LifecyclePolicy policy = LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(2));
        Assert.Empty(Taken(policy, index, Image("arm64", 5), Image("attestation", 5), Image("other", 6, "v1")));
        Assert.Equal(["arm64:expire", "attestation:expire"], Taken(policy, Image("arm64", 5), Image("attestation", 5)).Order());
    }

    [Fact]
    public void A_child_can_be_archived_once_its_index_is()
    {
        LifecyclePolicy policy = LifecyclePolicy.Of(Days("sinceImagePushed", 30, "transition"));
        LifecycleImage index = Image("index", 60, "v1") with { Children = ["child"] };
        Assert.Equal(["index:transition"], Taken(policy, index, Image("child", 60)));
        Assert.Equal(["child:transition"], Taken(policy, index with { ArchivedAt = s_now }, Image("child", 60)));
    }

    [Fact]
    public void A_signature_stays_with_its_subject_and_goes_with_it()
    {
        LifecyclePolicy policy = LifecyclePolicy.Of(LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(1));
        LifecycleImage signature = Image("sig", 9) with { SubjectDigest = "old" };
        Assert.Empty(Taken(policy, Image("old", 9, "v1"), signature));
        Assert.Equal(["old:expire", "sig:expire"], Taken(policy, Image("old", 9, "v1"), signature, Image("new", 1, "v2")));
    }

    [Fact]
    public void An_image_never_pulled_counts_from_its_push_and_one_restored_from_the_restore()
    {
        LifecyclePolicy policy = LifecyclePolicy.Of(Days("sinceImagePulled", 30, "transition"));
        Assert.Equal(["never:transition"], Taken(policy,
            Image("never", 31), Image("pulled", 99) with { LastPulledAt = s_now.AddDays(-2) },
            Image("restored", 400) with { LastPulledAt = s_now.AddDays(-300), LastActivatedAt = s_now.AddDays(-3) }));
    }

    [Fact]
    public void Archived_images_answer_to_the_rules_of_the_archive_only()
    {
        LifecyclePolicy policy = LifecyclePolicy.Of(LifecycleRule.KeepLast(1), Days("sinceImageTransitioned", 90));
        Assert.Equal(["archived:expire"], Taken(policy,
            Image("archived", 200, "a") with { ArchivedAt = s_now.AddDays(-91) },
            Image("fresh", 300, "b") with { ArchivedAt = s_now.AddDays(-89) }, Image("standard", 400, "c")));
    }

    [Fact]
    public void A_restored_image_ranks_by_its_restore() =>
        Assert.Equal(["middle:expire"],
            Taken(LifecyclePolicy.Of(LifecycleRule.KeepLast(2)), Image("restored", 400, "a") with { LastActivatedAt = s_now.AddDays(-1) },
                Image("middle", 5, "b"), Image("young", 2, "c")));

    [Theory]
    [InlineData("prod*", "prod-1", true)]
    [InlineData("prod", "prod-1", false)]
    [InlineData("*-release-*", "v1-release-2", true)]
    [InlineData("*a*b*c", "xaxxbxxc", true)]
    [InlineData("*a*b*c", "xaxxbxxcd", false)]
    [InlineData("*", "anything", true)]
    [InlineData("v*", "v", true)]
    [InlineData("v**", "v1", true)]
    [InlineData("v*-arm64", "v1-amd64", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("Prod*", "prod-1", false)]
    public void A_star_stands_for_any_characters_and_nothing_else_is_special(string pattern, string tag, bool matches) =>
        Assert.Equal(matches, new EcrPattern(pattern).Matches(tag));

    [Fact]
    public void A_hundred_thousand_images_under_fifty_rules()
    {
        LifecycleImage[] images = [.. Enumerable.Range(0, 100_000)
            .Select(i => Image($"sha256:{i:x64}", i / 100.0, i % 3 == 0 ? [] : [$"team{i % 60}-v{i}", $"build-{i}"]))];
        LifecyclePolicy policy =
            LifecyclePolicy.Of(
                [.. Enumerable.Range(0, 48).Select(i => LifecycleRule.KeepLastTagged(20, $"team{i}-*")), LifecycleRule.UntaggedAfter(7),
                    LifecycleRule.KeepLast(1000)]);
        Assert.Equal(98_998, LifecycleEvaluator.Evaluate(images, policy, s_now).Count);
    }
}
