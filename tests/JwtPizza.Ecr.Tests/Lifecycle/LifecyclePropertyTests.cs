using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Lifecycle;

public sealed class LifecyclePropertyTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] s_tags = ["prod-1", "prod-2", "beta-1", "beta-2", "latest"];

    private static readonly Gen<LifecycleRule> s_rule =
        from tagged in Gen.Elements("any", "untagged", "prod*", "beta*", "*-1", "prod*+beta*")
        from kind in Gen.Choose(0, 3)
        from number in Gen.Choose(1, 6)
        from priority in Gen.Elements(0, 0, 0, 1, 2, 5)
        from description in Gen.Elements(null, "Grüße \"quoted\"", "plain")
        let archive = kind == 3
        select new LifecycleRule
        {
            Priority = priority, Description = description,
            TagStatus = tagged is "any" or "untagged" ? tagged : "tagged",
            TagPattern = tagged is "any" or "untagged" ? [] : tagged.Split('+'),
            CountType = kind switch { 0 => "imageCountMoreThan", 1 => "sinceImagePushed", 2 => "sinceImagePulled",
                _ => "sinceImageTransitioned" },
            CountUnit = kind == 0 ? null : "days", CountNumber = archive ? 89 + number : number, StorageClass = archive ? "archive" : null,
            Action = kind == 2 ? "transition" : "expire", TargetStorageClass = kind == 2 ? "archive" : null,
        };

    private static readonly Gen<LifecyclePolicy?> s_policy = s_rule.NonEmptyListOf().Select(rules => Try(() => LifecyclePolicy.Of(rules)));

    private static readonly Gen<LifecycleImage[]> s_images =
        Gen.Choose(0, 2000).Zip(Gen.SubListOf(s_tags)).Zip(Gen.Choose(0, 9)).ListOf().Select(list =>
        list.Select((t, i) => new LifecycleImage
        {
            ImageDigest = $"d{i}", ImagePushedAt = s_now.AddHours(-t.Item1.Item1), ImageTags = [.. t.Item1.Item2],
            ArchivedAt = t.Item2 == 0 ? s_now.AddDays(-t.Item1.Item1 / 10) : null,
            Children = t.Item2 == 1 && i > 0 ? [$"d{i - 1}"] : [],
        }).ToArray());

    [Fact]
    public void What_is_written_is_read_back_as_the_same_policy() =>
        Prop.ForAll(s_policy.Where(p => p is not null).ToArbitrary(),
            p => LifecyclePolicy.Parse(p!.Text).Equals(p) && LifecyclePolicy.Parse(LifecycleServiceTests.Indented(p.Text)).Equals(p))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_twice_changes_nothing_more_and_every_policy_merged_is_legal() =>
        Prop.ForAll(s_policy.Where(p => p is not null).Zip(s_rule).ToArbitrary(), t =>
        {
            if (Try(() => LifecyclePolicy.Merge(t.Item1, [t.Item2])) is not { } once) return true;   // overlapping tag patterns
            return LifecyclePolicy.Parse(once.Text).Equals(once) && LifecyclePolicy.Merge(once, [t.Item2]).Equals(once);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_loses_no_rule_for_other_images() =>
        Prop.ForAll(s_policy.Where(p => p is not null).Zip(s_rule).ToArbitrary(), t =>
            Try(() => LifecyclePolicy.Merge(t.Item1, [t.Item2])) is not { } merged
            || t.Item1!.Rules.All(old => old.IsForSameImagesAs(t.Item2) || merged.Rules.Any(old.Means)) && merged.Rules.Any(t.Item2.Means))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_removal_takes_what_it_names_and_nothing_else() =>
        Prop.ForAll(s_policy.Where(p => p is not null).Zip(Gen.Choose(1, 6)).ToArbitrary(), t =>
        {
            LifecyclePolicy? left = t.Item1!.Without(r => r.Priority == t.Item2);
            return (left?.Rules ?? []).SequenceEqual(t.Item1.Rules.Where(r => r.Priority != t.Item2));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_image_is_taken_by_one_rule_at_most_and_by_the_first_that_selects_it() =>
        Prop.ForAll(s_policy.Where(p => p is not null).Zip(s_images).ToArbitrary(), t =>
        {
            IReadOnlyList<LifecycleVerdict> verdicts = LifecycleEvaluator.Evaluate(t.Item2, t.Item1!, s_now);
            HashSet<string> held = [.. t.Item2.SelectMany(i => i.Children)];
            return verdicts.DistinctBy(v => v.Image.ImageDigest).Count() == verdicts.Count
                && verdicts.All(v =>
                    ReferenceEquals(v.Rule,
                        t.Item1!.Rules.First(r => Selects(r, v.Image) && !(held.Contains(v.Image.ImageDigest) && r.Action == "expire")))
                    && !(v.Rule.Action == "expire" && held.Contains(v.Image.ImageDigest)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_rule_that_counts_takes_no_image_younger_than_one_that_it_could_have_taken() =>
        Prop.ForAll(Gen.Choose(1, 5).Zip(s_images).ToArbitrary(), t =>
        {
            LifecycleImage[] images = [.. t.Item2.Where(i => i.ArchivedAt is null).Select(i => i with { Children = [] })];
            HashSet<string> taken = [.. LifecycleEvaluator.Evaluate(images, LifecyclePolicy.Of(LifecycleRule.KeepLast(t.Item1)), s_now)
                .Select(v => v.Image.ImageDigest)];
            LifecycleImage[] kept = [.. images.Where(i => !taken.Contains(i.ImageDigest))];
            return kept.Length == Math.Min(t.Item1, images.Length)
                && images.Where(i => taken.Contains(i.ImageDigest)).All(i => kept.All(k => k.ImagePushedAt >= i.ImagePushedAt));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_the_reader_fail_in_another_way_than_its_own() =>
        Prop.ForAll(
            Gen.OneOf(ArbMap.Default.GeneratorFor<string>(),
                Gen.Elements("null", "{\"rules\":[null]}", "{\"rules\":[{\"rulePriority\":1e99}]}", "{\"rules\":[{\"selection\":[]}]}",
                    "\uD800")).ToArbitrary(),
            text => Try(() => LifecyclePolicy.Parse(text ?? "")) is null).QuickCheckThrowOnFailure();

    /// <summary>Written anew, not as the evaluator does it.</summary>
    private static bool Selects(LifecycleRule rule, LifecycleImage image) =>
        (rule.StorageClass == "archive") == (image.ArchivedAt is not null) && rule.TagStatus switch
        {
            "any" => true,
            "untagged" => image.ImageTags.Count == 0,
            _ =>
                rule.TagPattern.All(p =>
                    image.ImageTags.Any(t =>
                        System.Text.RegularExpressions.Regex.IsMatch(t,
                            "^" + System.Text.RegularExpressions.Regex.Escape(p).Replace("\\*", ".*") + "$"))),
        };

    private static LifecyclePolicy? Try(Func<LifecyclePolicy> make)
    {
        try { return make(); }
        catch (PizzaException e) when (e.ErrorId == "InvalidLifecyclePolicy") { return null; }
    }
}
