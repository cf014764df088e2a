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
        // Youngest first. Digests decide between images of the same moment, so that two runs agree.
        LifecycleImage[] own = [.. all.Where(i => !relations.FollowsSubject(i)).OrderByDescending(i => i.OrderedBy).ThenBy(i => i.ImageDigest, StringComparer.Ordinal)];
        bool[] decided = new bool[own.Length];
        List<LifecycleVerdict> verdicts = [];
        foreach (LifecycleRule rule in policy.Rules)
        {
            int first = verdicts.Count;
            Apply(rule, own, decided, relations, now, verdicts);
            verdicts.Reverse(first, verdicts.Count - first);
        }
        return [.. verdicts, .. relations.Followers(verdicts)];
    }

    private static void Apply(LifecycleRule rule, LifecycleImage[] images, bool[] decided, LifecycleRelations relations, DateTimeOffset now, List<LifecycleVerdict> verdicts)
    {
        string[] patterns = [.. rule.TagPattern, .. rule.TagPrefix.Select(p => p + "*")];
        int rank = 0;
        for (int i = 0; i < images.Length; i++)
        {
            LifecycleImage image = images[i];
            if (image.IsArchived != rule.IsArchive || !Selects(rule.TagStatus, patterns, image.ImageTags) || relations.IsHeldByIndex(image, rule)) continue;
            rank++;   // also the images that a rule of higher priority has taken: AWS "can still identify them as if they haven't been expired"
            if (!decided[i] && IsTooMuch(rule, image, rank, now)) verdicts.Add(new(image, rule));
            decided[i] = true;
        }
    }

    private static bool Selects(string tagStatus, string[] patterns, IReadOnlyList<string> tags)
    {
        if (tagStatus == "any") return true;
        if (tagStatus == "untagged" || tags.Count == 0) return tagStatus == "untagged" && tags.Count == 0;
        foreach (string pattern in patterns)
        {
            if (!AnyMatches(pattern, tags)) return false;
        }
        return true;
    }

    private static bool AnyMatches(string pattern, IReadOnlyList<string> tags)
    {
        for (int i = 0; i < tags.Count; i++)
        {
            if (TagMatches(pattern, tags[i])) return true;
        }
        return false;
    }

    private static bool IsTooMuch(LifecycleRule rule, LifecycleImage image, int rank, DateTimeOffset now) => rule.CountType switch
    {
        "imageCountMoreThan" => rank > rule.CountNumber,
        "sinceImagePushed" => (now - image.ImagePushedAt).TotalDays > rule.CountNumber,
        "sinceImagePulled" => (now - image.LastUsedAt).TotalDays > rule.CountNumber,
        _ => image.ArchivedAt is { } at && (now - at).TotalDays > rule.CountNumber,
    };

    /// <summary>Whether the whole tag fits the pattern, in which <c>*</c> stands for any characters or none.</summary>
    internal static bool TagMatches(string pattern, string tag)
    {
        int literal = pattern.IndexOf('*', StringComparison.Ordinal);
        if (literal < 0) return pattern == tag;
        if (!tag.AsSpan().StartsWith(pattern.AsSpan(0, literal), StringComparison.Ordinal)) return false;   // most tags end here
        int p = literal, t = literal, star = -1, mark = 0;
        while (t < tag.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && pattern[p] == tag[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
