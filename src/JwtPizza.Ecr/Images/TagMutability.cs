namespace JwtPizza.Ecr;

/// <summary>Which tags of a repository may be pushed again: a setting for all, and patterns for which the opposite holds.</summary>
/// <param name="Setting"><c>MUTABLE</c>, <c>IMMUTABLE</c>, <c>MUTABLE_WITH_EXCLUSION</c> or <c>IMMUTABLE_WITH_EXCLUSION</c>.</param>
/// <param name="Exclusions">Tag patterns, in which <c>*</c> stands for any run of characters, also none. They count only with a setting
/// that ends in <c>_WITH_EXCLUSION</c>.</param>
public sealed record TagMutability(string Setting, IReadOnlyList<string> Exclusions)
{
    /// <summary>The rules of a repository.</summary>
    /// <param name="repository">The repository.</param>
    public static TagMutability Of(Repository repository) => new(repository.ImageTagMutability, repository.MutabilityExclusion);

    /// <summary>Whether the tag, once pushed, stays with its image.</summary>
    /// <param name="tag">The tag, for example <c>latest</c>.</param>
    public bool IsImmutable(string tag) => Setting switch
    {
        "IMMUTABLE" => true,
        "IMMUTABLE_WITH_EXCLUSION" => !IsExcluded(tag),
        "MUTABLE_WITH_EXCLUSION" => IsExcluded(tag),
        _ => false,
    };

    private bool IsExcluded(string tag) => Exclusions.Any(pattern => new EcrPattern(pattern).Matches(tag));
}
