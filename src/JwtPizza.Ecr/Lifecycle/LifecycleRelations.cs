namespace JwtPizza.Ecr;

/// <summary>Which images belong to which: the children of an index, the referrers of a subject.</summary>
internal sealed class LifecycleRelations
{
    private readonly HashSet<string> _inAnyIndex = new(StringComparer.Ordinal), _inStandardIndex = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests;
    private readonly ILookup<string, LifecycleImage> _referrers;

    public LifecycleRelations(LifecycleImage[] images)
    {
        foreach (LifecycleImage index in images)
        {
            _inAnyIndex.UnionWith(index.Children);
            if (!index.IsArchived) _inStandardIndex.UnionWith(index.Children);
        }
        _digests = images.Select(i => i.ImageDigest).ToHashSet(StringComparer.Ordinal);
        _referrers = images.Where(i => i.SubjectDigest is not null).ToLookup(i => i.SubjectDigest!, StringComparer.Ordinal);
    }

    /// <summary>
    /// AWS: an image that a manifest list refers to "cannot be expired or archived without the manifest list being deleted or archived
    /// first". Nor is it counted: seen on AWS in https://github.com/DefangLabs/pulumi-defang/pull/466.
    /// </summary>
    public bool IsHeldByIndex(LifecycleImage image, LifecycleRule rule) =>
        (rule.Action == "transition" ? _inStandardIndex : _inAnyIndex).Contains(image.ImageDigest);

    /// <summary>
    /// Whether the image is a signature or the like of one that is there. AWS says that referrers go within 24 hours after their subject;
    /// that rules do not take them before is our reading: an untagged rule would else delete every signature.
    /// </summary>
    public bool FollowsSubject(LifecycleImage image) => image.SubjectDigest is { } subject && _digests.Contains(subject);

    /// <summary>The referrers of what is taken, and theirs, with the same rule.</summary>
    public IEnumerable<LifecycleVerdict> Followers(IEnumerable<LifecycleVerdict> taken)
    {
        if (_referrers.Count == 0) yield break;
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<LifecycleVerdict> queue = new(taken);
        while (queue.TryDequeue(out LifecycleVerdict? verdict))
        {
            foreach (LifecycleImage referrer in _referrers[verdict.Image.ImageDigest])
            {
                if (!seen.Add(referrer.ImageDigest) || (verdict.Rule.Action == "transition" && referrer.IsArchived)) continue;
                LifecycleVerdict follower = new(referrer, verdict.Rule);
                queue.Enqueue(follower);
                yield return follower;
            }
        }
    }
}
