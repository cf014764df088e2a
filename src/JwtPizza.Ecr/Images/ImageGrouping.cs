namespace JwtPizza.Ecr;

/// <summary>
/// Makes one row of an index and its children. Tagged images pass at once. Untagged ones wait for the end of the list, since an index
/// on a later page may own them; what no index owns is then a row of its own.
/// </summary>
/// <param name="includeChildren">Show each child under its index. Then everything waits for the end.</param>
public sealed class ImageGrouping(bool includeChildren)
{
    private readonly List<EcrImage> _waiting = [];
    private readonly HashSet<string> _owned = [];

    /// <summary>Takes a page; gives the rows that are certain by now.</summary>
    /// <param name="page">Images as ECR lists them, those that are indexes with their <see cref="EcrImage.Children"/>.</param>
    public IEnumerable<EcrImage> Add(IEnumerable<EcrImage> page)
    {
        foreach (EcrImage image in page)
        {
            _owned.UnionWith(image.Children.Where(c => c != image.ImageDigest));
            if (includeChildren || image.IsUntagged) _waiting.Add(image);
            else yield return image;
        }
    }

    /// <summary>The rows that waited, after the last page.</summary>
    public IEnumerable<EcrImage> End() => includeChildren ? Tree() : _waiting.Where(i => !_owned.Contains(i.ImageDigest));

    private IEnumerable<EcrImage> Tree()
    {
        ILookup<string, EcrImage> byDigest = _waiting.ToLookup(i => i.ImageDigest);
        return _waiting.Where(i => !i.IsUntagged || !_owned.Contains(i.ImageDigest)).SelectMany(i => Below(i, []).Prepend(i));

        IEnumerable<EcrImage> Below(EcrImage parent, HashSet<string> above) => above.Add(parent.ImageDigest)
            ? parent.Children.SelectMany(c => byDigest[c])
                .SelectMany(c => Below(c, [.. above]).Prepend(c with { ParentDigest = parent.ImageDigest }))
            : [];
    }
}
