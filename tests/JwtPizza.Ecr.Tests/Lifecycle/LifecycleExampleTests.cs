namespace JwtPizza.Ecr.Tests.Lifecycle;

/// <summary>
/// AWS's own worked examples and their results:
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
/// </summary>
public sealed class LifecycleExampleTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("A beta-1 prod-1 10, B beta-2 prod-2 9, C beta-3 8", "prod count 1, beta count 1", "A1")]
    [InlineData("A beta-1 prod-1 10, B beta-2 prod-2 9, C beta-3 8", "beta count 1, prod count 1", "A1 B1")]
    [InlineData("A alpha-1 12, B beta-1 11, C alpha-2 beta-2 10, D alpha-3 4, E beta-3 3, F alpha-4 beta-4 2", "alpha+beta age 5", "C1")]
    [InlineData("A alpha-1 beta-1 gamma-1 10, B alpha-2 beta-2 9, C alpha-3 beta-3 gamma-2 8", "alpha+beta count 1", "A1 B1")]
    [InlineData("A alpha-1 4, B beta-1 3, C 2, D alpha-2 1", "any count 1", "A1 B1 C1")]
    [InlineData("A alpha-1 beta-1 4, B 3, C alpha-2 2, D githash 1, E 1", "alpha count 1, untagged age 1, any count 1", "A1 B2 D3")]
    [InlineData("A prod-1 20, B prod-2 13, C beta-1 30", "prod age 14", "A1")]
    [InlineData("A 3, B 2, C 1, D x 9", "untagged count 1", "A1 B1")]
    public void Each_example_of_aws_ends_as_aws_says(string images, string rules, string taken)
    {
        foreach (bool patterns in (bool[])[true, false])
        {
            LifecyclePolicy policy = LifecyclePolicy.Of(rules.Split(", ").Select((r, i) => Rule(r, i + 1, patterns)));
            IEnumerable<string> verdicts = LifecycleEvaluator.Evaluate(images.Split(", ").Select(Image), policy, s_now)
                .Select(v => v.Image.ImageDigest + v.Rule.Priority);
            Assert.Equal(taken, string.Join(' ', verdicts.Order(StringComparer.Ordinal)));
        }
    }

    /// <summary>"A tag… days": pushed so many days ago; a later letter is a moment younger, as in AWS's lists.</summary>
    private static LifecycleImage Image(string text)
    {
        string[] words = text.Split(' ');
        return new()
        {
            ImageDigest = words[0], ImageTags = words[1..^1],
            ImagePushedAt = s_now.AddDays(-int.Parse(words[^1], null)).AddSeconds(words[0][0] - 'A'),
        };
    }

    private static LifecycleRule Rule(string text, int priority, bool patterns)
    {
        string[] words = text.Split(' ');
        string[] tags = words[0] is "any" or "untagged" ? [] : words[0].Split('+');
        bool count = words[1] == "count";
        return new()
        {
            Priority = priority,
            TagStatus = tags.Length > 0 ? "tagged" : words[0],
            TagPattern = patterns ? [.. tags.Select(t => t + "*")] : [],
            TagPrefix = patterns ? [] : tags,
            CountType = count ? "imageCountMoreThan" : "sinceImagePushed",
            CountUnit = count ? null : "days",
            CountNumber = int.Parse(words[2], null),
        };
    }
}
