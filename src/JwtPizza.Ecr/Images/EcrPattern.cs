namespace JwtPizza.Ecr;

/// <summary>
/// ECR's patterns, for tags (lifecycle rules, exclusions of mutability) and repository names (scanning filters), ready to be held against
/// many: <c>*</c> stands for any characters or none, and nothing else is special. Case counts.
/// </summary>
public sealed class EcrPattern
{
    private readonly string _pattern;
    private readonly int _head;

    /// <summary>Takes the pattern as it is; ECR's limits on it are checked elsewhere.</summary>
    /// <param name="pattern">For example <c>release-*</c>.</param>
    public EcrPattern(string pattern) => (_pattern, _head) = (pattern, pattern.IndexOf('*', StringComparison.Ordinal));

    /// <summary>Whether the whole text fits.</summary>
    /// <param name="text">A tag or a name.</param>
    public bool Matches(string text)
    {
        if (_head < 0) return _pattern == text;
        if (!text.AsSpan().StartsWith(_pattern.AsSpan(0, _head))) return false;   // most texts end here
        return _head == _pattern.Length - 1 || Wildcard.Matches(_pattern.AsSpan(_head), text.AsSpan(_head), any: '*', one: '*');
    }

    /// <summary>Whether one of the texts fits.</summary>
    /// <param name="texts">The tags of an image.</param>
    public bool MatchesAny(IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (Matches(texts[i])) return true;
        }
        return false;
    }
}
