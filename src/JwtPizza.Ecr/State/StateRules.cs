namespace JwtPizza.Ecr;

/// <summary>How a state file speaks of lifecycle rules: order counts, numbers do not, and a description counts where it is said.</summary>
internal static class StateRules
{
    /// <summary>The rule as -UntaggedDays, -KeepLast or -KeepLastTagged would write it; null when it is not one of those.</summary>
    /// <param name="rule">A rule.</param>
    public static LifecycleRule? Usual(LifecycleRule rule)
    {
        LifecycleRule[] usual =
        [
            LifecycleRule.UntaggedAfter(rule.CountNumber), LifecycleRule.KeepLast(rule.CountNumber),
            LifecycleRule.KeepLastTagged(rule.CountNumber, [.. rule.TagPattern]),
        ];
        return usual.FirstOrDefault(u => u == rule with
        {
            Priority = 0, Description = u.Description, StorageClass = rule.IsArchive ? rule.StorageClass : null,
        });
    }

    /// <summary>Whether rules are there as a file wants them, whatever else is there.</summary>
    /// <param name="wanted">The rules of the file.</param>
    /// <param name="there">The rules in force.</param>
    public static bool AreThere(IReadOnlyList<LifecycleRule> wanted, IReadOnlyList<LifecycleRule> there) =>
        Of(wanted, there) is var same && same.Count == wanted.Count && wanted.Zip(same).All(p => Suffices(p.First, p.Second));

    /// <summary>Those of the rules in force that select the images of the file's rules, in their order.</summary>
    public static IReadOnlyList<LifecycleRule> Of(IReadOnlyList<LifecycleRule> wanted, IReadOnlyList<LifecycleRule> there) =>
        [.. there.Where(t => wanted.Any(t.IsForSameImagesAs))];

    /// <summary>The change that puts the rules of a file in place.</summary>
    public static LifecycleChange Change(IReadOnlyList<LifecycleRule> wanted) => new(wanted, Replace: false, KeepDescriptions: false);

    /// <summary>Which images a rule selects: <c>untagged</c>, <c>tagged v*</c>.</summary>
    public static string Images(LifecycleRule rule) => Parts(rule).Images;

    /// <summary>Rules in words: <c>untagged: 1 d after push; any: keep 10</c>.</summary>
    public static string Text(IEnumerable<LifecycleRule> rules) =>
        string.Join("; ", rules.Select(r => $"{Parts(r).Images}: {Parts(r).Does}{Remark(r)}"));

    private static bool Suffices(LifecycleRule wanted, LifecycleRule there) =>
        wanted.Means(there) && (Remark(wanted).Length == 0 || wanted.Description == there.Description);

    /// <summary>What is said of a rule beyond what the module would say.</summary>
    private static string Remark(LifecycleRule rule) =>
        rule.Description is { } text && text != Usual(rule)?.Description ? $" ('{text}')" : "";

    private static (string Images, string Does) Parts(LifecycleRule rule)
    {
        string text = rule.ToString();
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        return (text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..colon], text[(colon + 2)..]);
    }
}
