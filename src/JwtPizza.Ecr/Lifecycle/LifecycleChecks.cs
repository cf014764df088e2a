namespace JwtPizza.Ecr;

/// <summary>
/// Every rule that ECR has for lifecycle policies, checked without asking ECR.
/// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html and LifecyclePolicies.html
/// </summary>
internal static class LifecycleChecks
{
    private const int MinLength = LifecyclePolicy.MinLength, MaxLength = LifecyclePolicy.MaxLength, MaxRules = 50, MaxWildcards = 4,
        MinArchiveDays = 90;

    private static readonly string[] s_tagStatus = ["tagged", "untagged", "any"];
    private static readonly string[] s_countTypes =
        ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];

    public static PizzaException Invalid(IReadOnlyCollection<string> problems) =>
        new("InvalidLifecyclePolicy", PizzaErrorKind.InvalidArgument,
        $"The lifecycle policy is not one that ECR accepts: {string.Join("; ", problems)}. Nothing was sent. " +
        "Correct the rule and try again.") { Problems = [.. problems] };

    public static string Where(int number, int priority) => priority > 0 ? $"rule {number} (priority {priority})" : $"rule {number}";

    /// <summary>What is wrong with each rule and with all of them together; says nothing more of those whose form is broken
    /// already.</summary>
    public static IEnumerable<string> Problems(IReadOnlyList<LifecycleRule> rules, int length, IReadOnlySet<int> malformed)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (malformed.Contains(i)) continue;
            foreach (string problem in OfRule(rules[i]).Concat(OfPlace(rules, i)))
                yield return $"{Where(i + 1, rules[i].Priority)}: {problem}";
        }
        if (rules.Count == 0) yield return "it has no rule";
        else if (rules.Count > MaxRules) yield return $"it has {rules.Count} rules, ECR accepts {MaxRules}";
        else if (malformed.Count == 0 && length is < MinLength or > MaxLength)
            yield return $"its text has {length:N0} characters, ECR accepts {MinLength} to {MaxLength:N0}";
    }

    /// <summary>What is wrong with a rule by itself.</summary>
    public static IEnumerable<string> OfRule(LifecycleRule rule)
    {
        if (rule.Priority < 1) yield return $"rulePriority {rule.Priority} is less than 1";
        if (rule.CountNumber < 1) yield return $"countNumber {rule.CountNumber} is less than 1";
        if (rule.StorageClass is not (null or "standard" or "archive"))
            yield return $"storageClass '{rule.StorageClass}' is not one of standard, archive";
        foreach (string problem in OfTags(rule).Concat(OfCount(rule)).Concat(OfAction(rule))) yield return problem;
    }

    private static IEnumerable<string> OfTags(LifecycleRule rule)
    {
        if (!s_tagStatus.Contains(rule.TagStatus))
            yield return $"tagStatus '{rule.TagStatus}' is not one of {string.Join(", ", s_tagStatus)}";
        else if (rule.TagStatus == "tagged" && rule.TagPattern.Length + rule.TagPrefix.Length == 0)
            yield return "tagStatus 'tagged' needs a tagPatternList or a tagPrefixList (for every tag: the pattern '*')";
        else if (rule.TagStatus != "tagged" && rule.TagPattern.Length + rule.TagPrefix.Length > 0)
            yield return $"tagStatus '{rule.TagStatus}' cannot have a tagPatternList or tagPrefixList";
        if (rule.TagPattern.Length > 0 && rule.TagPrefix.Length > 0) yield return "tagPatternList and tagPrefixList cannot be combined";
        foreach (string entry in rule.TagPattern.Concat(rule.TagPrefix).Where(string.IsNullOrEmpty))
            yield return "a tag pattern or prefix is empty";
        foreach (string pattern in rule.TagPattern.Where(p => p.AsSpan().Count('*') > MaxWildcards))
            yield return $"the tag pattern '{pattern}' has more than {MaxWildcards} '*'";
        foreach (string prefix in rule.TagPrefix.Where(p => p.Contains('*')))
            yield return $"the tag prefix '{prefix}' holds a '*': use a tagPatternList";
    }

    private static IEnumerable<string> OfCount(LifecycleRule rule)
    {
        if (!s_countTypes.Contains(rule.CountType))
        {
            yield return $"countType '{rule.CountType}' is not one of {string.Join(", ", s_countTypes)}";
            yield break;
        }
        if (rule.CountType == "imageCountMoreThan" && rule.CountUnit is not null)
            yield return $"imageCountMoreThan cannot have a countUnit, but has '{rule.CountUnit}'";
        if (rule.CountType != "imageCountMoreThan" && rule.CountUnit != "days")
            yield return $"{rule.CountType} needs the countUnit 'days'{(rule.CountUnit is null ? "" : $", not '{rule.CountUnit}'")}";
        if (rule.CountType == "sinceImageTransitioned" && !rule.IsArchive)
            yield return "sinceImageTransitioned needs the storageClass 'archive'";
        if (rule.CountType != "sinceImageTransitioned" && rule.IsArchive)
            yield return $"{rule.CountType} works on the storageClass 'standard' only";
    }

    private static IEnumerable<string> OfAction(LifecycleRule rule)
    {
        if (rule.Action is not ("expire" or "transition")) yield return $"the action '{rule.Action}' is not one of expire, transition";
        if (rule.Action == "transition" && rule.TargetStorageClass != "archive")
            yield return "the action 'transition' needs the targetStorageClass 'archive'";
        if (rule.Action == "expire" && rule.TargetStorageClass is not null)
            yield return "the action 'expire' cannot have a targetStorageClass";
        if ((rule.CountType, rule.Action) == ("sinceImagePulled", "expire"))
            yield return "sinceImagePulled can only transition; to delete, add a rule sinceImageTransitioned that expires";
        if ((rule.CountType, rule.Action) == ("sinceImageTransitioned", "transition"))
            yield return "sinceImageTransitioned can only expire: its images are archived already";
        if (rule.CountType == "sinceImageTransitioned" && rule.CountNumber is > 0 and < MinArchiveDays)
            yield return $"archived images stay at least {MinArchiveDays} days, not {rule.CountNumber}";
    }

    private static IEnumerable<string> OfPlace(IReadOnlyList<LifecycleRule> rules, int index)
    {
        LifecycleRule rule = rules[index];
        string storage = rule.IsArchive ? "archived" : "standard";
        IEnumerable<LifecycleRule> before = rules.Where((r, i) => r.Priority < rule.Priority || (r.Priority == rule.Priority && i < index));
        LifecycleRule[] ofClass = [.. before.Where(r => r.IsArchive == rule.IsArchive)];
        if (rule.Priority > 0 && before.Any(r => r.Priority == rule.Priority)) yield return "another rule has this rulePriority";
        if (rule.TagStatus == "untagged" && ofClass.Any(r => r.TagStatus == "untagged"))
            yield return $"another rule selects untagged {storage} images, ECR accepts one";
        if (Array.Find(ofClass, r => r.TagStatus == "any") is { } any)
            yield return $"the rule for any {storage} image (priority {any.Priority}) must have the highest rulePriority";
        foreach (string tag in rule.TagPattern.Intersect(ofClass.SelectMany(r => r.TagPattern)))
            yield return $"another rule has the tag pattern '{tag}'";
        foreach (string tag in rule.TagPrefix.Intersect(ofClass.SelectMany(r => r.TagPrefix)))
            yield return $"another rule has the tag prefix '{tag}'";
        foreach (string tag in rule.TagPattern.Concat(rule.TagPrefix).GroupBy(t => t).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"'{tag}' appears twice";
    }
}
