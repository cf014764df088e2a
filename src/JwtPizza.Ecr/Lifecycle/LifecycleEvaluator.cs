namespace JwtPizza.Ecr;

/// <summary>
/// What ECR would do with a repository's images under a policy, without asking ECR. The logic is AWS's description of its own evaluator:
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
/// </summary>
public static class LifecycleEvaluator
{
    /// <summary>
    /// One run of the evaluator: all rules see all images, then the lowest priority that an image's tags match decides about it, and
    /// no other. An image inside an index is neither taken nor counted while the index is there: it follows in the next run.
    /// A referrer follows its subject, at once.
    /// </summary>
    /// <param name="images">All images of the repository, archived ones too.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="now">The time of the run.</param>
    /// <returns>The images that are taken, each once, by rule and then oldest first.</returns>
    public static IReadOnlyList<LifecycleVerdict> Evaluate(IEnumerable<LifecycleImage> images, LifecyclePolicy policy, DateTimeOffset now)
    {
        LifecycleImage[] all = [.. images];
        LifecycleRelations relations = new(all);
        LifecycleImage[] own = Array.FindAll(all, i => !relations.FollowsSubject(i));
        Array.Sort(own, YoungestFirst);
        Tally[] tallies = [.. policy.Rules.Select(r => new Tally(r))];
        foreach (LifecycleImage image in own) Decide(image, tallies, relations, now);
        LifecycleVerdict[] verdicts = [.. tallies.SelectMany(t => Enumerable.Reverse(t.Verdicts))];
        return [.. verdicts, .. relations.Followers(verdicts)];
    }

    /// <summary>Digests decide between images of the same moment, so that two runs agree.</summary>
    private static int YoungestFirst(LifecycleImage a, LifecycleImage b) =>
        b.OrderedBy.UtcTicks.CompareTo(a.OrderedBy.UtcTicks) is not 0 and var order
            ? order : string.CompareOrdinal(a.ImageDigest, b.ImageDigest);

    private static void Decide(LifecycleImage image, Tally[] tallies, LifecycleRelations relations, DateTimeOffset now)
    {
        bool decided = false;
        foreach (Tally tally in tallies)
        {
            LifecycleRule rule = tally.Rule;
            if (image.IsArchived != rule.IsArchive || !tally.Selects(image.ImageTags) || relations.IsHeldByIndex(image, rule)) continue;
            // also for an image that a rule of higher priority has taken: AWS "can still identify them as if they haven't been expired"
            tally.Rank++;
            if (!decided && IsTooMuch(rule, image, tally.Rank, now)) tally.Verdicts.Add(new(image, rule));
            decided = true;
        }
    }

    private static bool IsTooMuch(LifecycleRule rule, LifecycleImage image, int rank, DateTimeOffset now) => rule.CountType switch
    {
        "imageCountMoreThan" => rank > rule.CountNumber,
        "sinceImagePushed" => (now - image.ImagePushedAt).TotalDays > rule.CountNumber,
        "sinceImagePulled" => (now - image.LastUsedAt).TotalDays > rule.CountNumber,
        _ => image.ArchivedAt is { } at && (now - at).TotalDays > rule.CountNumber,
    };

    /// <summary>A rule on its way through the images, the youngest first.</summary>
    private sealed class Tally(LifecycleRule rule)
    {
        private readonly EcrPattern[] _patterns =
            [.. rule.TagPattern.Concat(rule.TagPrefix.Select(p => p + "*")).Select(p => new EcrPattern(p))];

        public LifecycleRule Rule => rule;

        /// <summary>How many images the rule has selected.</summary>
        public int Rank { get; set; }

        public List<LifecycleVerdict> Verdicts { get; } = [];

        public bool Selects(IReadOnlyList<string> tags)
        {
            if (rule.TagStatus != "tagged") return rule.TagStatus == "any" || tags.Count == 0;
            foreach (EcrPattern pattern in _patterns)
            {
                if (!pattern.MatchesAny(tags)) return false;
            }
            return true;
        }
    }
}
