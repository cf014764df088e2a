namespace JwtPizza.Ecr;

/// <summary>A tag pattern of a lifecycle rule, ready to be held against many tags: <c>*</c> stands for any characters or none.</summary>
internal sealed class TagPattern
{
    private readonly string _pattern;
    private readonly int _head;

    public TagPattern(string pattern) => (_pattern, _head) = (pattern, pattern.IndexOf('*', StringComparison.Ordinal));

    /// <summary>Whether the whole tag fits.</summary>
    public bool Matches(string tag)
    {
        if (_head < 0) return _pattern == tag;
        if (!tag.AsSpan().StartsWith(_pattern.AsSpan(0, _head))) return false;   // most tags end here
        return _head == _pattern.Length - 1 || MatchesRest(tag);
    }

    /// <summary>Whether one of the tags fits.</summary>
    public bool MatchesAny(IReadOnlyList<string> tags)
    {
        for (int i = 0; i < tags.Count; i++)
        {
            if (Matches(tags[i])) return true;
        }
        return false;
    }

    private bool MatchesRest(string tag)
    {
        int p = _head, t = _head, star = -1, mark = 0;
        while (t < tag.Length)
        {
            if (p < _pattern.Length && _pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < _pattern.Length && _pattern[p] == tag[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        return _pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
