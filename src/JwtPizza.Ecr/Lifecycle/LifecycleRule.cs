namespace JwtPizza.Ecr;

/// <summary>
/// One rule of a lifecycle policy, in AWS's terms. A rule picks images by tag and storage class, and takes those that are too many
/// or too old.
/// </summary>
public sealed record LifecycleRule
{
    /// <summary>AWS's <c>rulePriority</c>, 1 or more, unique in the policy; the lowest is applied first. 0 leaves the number to the
    /// module.</summary>
    public int Priority { get; init; }

    /// <summary>What the rule is for, in words.</summary>
    public string? Description { get; init; }

    /// <summary><c>tagged</c>, <c>untagged</c> or <c>any</c>. Each storage class has one <c>untagged</c> rule and one <c>any</c> rule at
    /// most.</summary>
    public string TagStatus { get; init; } = "any";

    /// <summary>Tag patterns with up to four <c>*</c> each. An image must match all of them: tags of which either will do need two
    /// rules.</summary>
    public ValueList<string> TagPattern { get; init; } = [];

    /// <summary>Beginnings of tags, the older form of <see cref="TagPattern"/>. An image must match all of them.</summary>
    public ValueList<string> TagPrefix { get; init; } = [];

    /// <summary><c>imageCountMoreThan</c>, <c>sinceImagePushed</c>, <c>sinceImagePulled</c> or <c>sinceImageTransitioned</c>.</summary>
    public string CountType { get; init; } = "imageCountMoreThan";

    /// <summary><c>days</c> for the three <c>since…</c> types, nothing for <c>imageCountMoreThan</c>.</summary>
    public string? CountUnit { get; init; }

    /// <summary>How many images to keep, or after how many days to act; 1 or more.</summary>
    public int CountNumber { get; init; }

    /// <summary>The images' storage class: <c>standard</c> (also when nothing is said), or <c>archive</c>, which
    /// <c>sinceImageTransitioned</c> needs.</summary>
    public string? StorageClass { get; init; }

    /// <summary><c>expire</c> deletes the image, <c>transition</c> archives it.</summary>
    public string Action { get; init; } = "expire";

    /// <summary><c>archive</c> for <c>transition</c>, nothing for <c>expire</c>.</summary>
    public string? TargetStorageClass { get; init; }

    /// <summary>Deletes untagged images that were pushed more than so many days ago (counted from the push, not from losing the
    /// tag).</summary>
    /// <param name="days">1 or more.</param>
    public static LifecycleRule UntaggedAfter(int days) => new()
    {
        TagStatus = "untagged", CountType = "sinceImagePushed", CountUnit = "days", CountNumber = days,
        Description = $"Delete untagged images {days} day{(days == 1 ? "" : "s")} after their push",
    };

    /// <summary>Deletes all but the newest images.</summary>
    /// <param name="count">How many to keep, 1 or more.</param>
    public static LifecycleRule KeepLast(int count) =>
        new() { CountNumber = count, Description = $"Keep the last {count} image{(count == 1 ? "" : "s")}" };

    /// <summary>Deletes all but the newest of the images that match every one of the patterns.</summary>
    /// <param name="count">How many to keep, 1 or more.</param>
    /// <param name="patterns">Tag patterns with <c>*</c>.</param>
    public static LifecycleRule KeepLastTagged(int count, params string[] patterns) => new()
    {
        TagStatus = "tagged", TagPattern = patterns, CountNumber = count,
        Description = $"Keep the last {count} image{(count == 1 ? "" : "s")} tagged {string.Join(" and ", patterns)}",
    };

    /// <summary>The rule itself, when ECR would take it in a policy; a rule without a priority is taken as the first.</summary>
    /// <exception cref="PizzaException"><c>InvalidLifecycleRule</c>: lists all that is wrong with it.</exception>
    public LifecycleRule Checked() =>
        LifecycleChecks.OfRule(Priority == 0 ? this with { Priority = 1 } : this).ToArray() is { Length: > 0 } problems
        ? throw new PizzaException("InvalidLifecycleRule", PizzaErrorKind.InvalidArgument,
            $"ECR does not accept this rule: {string.Join("; ", problems)}.", this)
        : this;

    /// <summary>The rule in short: <c>2 tagged v*: keep 10</c>.</summary>
    public override string ToString()
    {
        string images =
            string.Join(' ',
                [IsArchive ? $"archived {TagStatus}" : TagStatus, string.Join('+', TagPattern.Concat(TagPrefix.Select(p => p + "*")))])
                .TrimEnd();
        string end = Action == "transition" ? "archive " : "";
        return $"{Priority} {images}: " + CountType switch
        {
            "imageCountMoreThan" => $"{end}{(end.Length > 0 ? "beyond" : "keep")} {CountNumber}",
            "sinceImagePushed" => $"{end}{CountNumber} d after push",
            "sinceImagePulled" => $"{end}{CountNumber} d after pull",
            _ => $"{end}{CountNumber} d after archiving",
        };
    }

    internal bool IsArchive => StorageClass == "archive";

    /// <summary>Whether both rules select the same images, so that one of them replaces the other. Two rules of a policy never
    /// do.</summary>
    /// <param name="other">The other rule.</param>
    public bool IsForSameImagesAs(LifecycleRule other) =>
        IsArchive == other.IsArchive && TagStatus == other.TagStatus && SameSet(TagPattern, other.TagPattern)
            && SameSet(TagPrefix, other.TagPrefix);

    /// <summary>Whether both rules do the same to the same images; priority and description aside.</summary>
    internal bool Means(LifecycleRule other) =>
        IsForSameImagesAs(other) && (CountType, CountNumber, Action) == (other.CountType, other.CountNumber, other.Action);

    private static bool SameSet(ValueList<string> one, ValueList<string> other) => one.ToHashSet(StringComparer.Ordinal).SetEquals(other);
}
