namespace JwtPizza.Ecr;

/// <summary>Puts new rules among those that are there, and changes as few numbers as it can.</summary>
internal static class LifecycleMerge
{
    public static IEnumerable<LifecycleRule> Of(
        IReadOnlyList<LifecycleRule> current, IReadOnlyList<LifecycleRule> added, bool keepDescriptions)
    {
        if (added.Where(r => r.Priority > 0).GroupBy(r => r.Priority).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw LifecycleChecks.Invalid([$"two of the given rules have the priority {twice.Key}"]);
        }
        if (added.FirstOrDefault(r => added.Any(o => !ReferenceEquals(o, r) && o.IsForSameImagesAs(r))) is { } same)
        {
            throw LifecycleChecks.Invalid([$"two of the given rules select the same images ({same})"]);
        }
        List<LifecycleRule> rules = [.. current];
        foreach (LifecycleRule rule in added.OrderBy(r => r.Priority == 0).ThenBy(r => r.Priority))
        {
            Place(rules, rule, keepDescriptions);
            if (rule.Priority != 0) rules = [.. Numbered(rules)];   // what it has pushed down makes room for the next one
        }
        foreach (LifecycleRule any in rules.Where(r => r.TagStatus == "any").ToArray()) KeepLast(rules, any);
        return Numbered(rules);
    }

    private static void Place(List<LifecycleRule> rules, LifecycleRule rule, bool keepDescriptions)
    {
        int same = rules.FindIndex(rule.IsForSameImagesAs), before = 0;
        if (same >= 0)
        {
            LifecycleRule old = rules[same];
            before = old.Priority;
            rule = rule with
            {
                Priority = rule.Priority == 0 ? old.Priority : rule.Priority, Description = Description(old, rule, keepDescriptions),
            };
            rules.RemoveAt(same);
        }
        int place = rule.Priority == 0 ? -1 : rules.FindIndex(r => r.Priority == 0 || r.Priority >= rule.Priority);
        if (place >= 0 && rule.TagStatus == "any" && rules.Skip(place).Any(r => r.IsArchive == rule.IsArchive))
        {
            (place, rule) = (-1, rule with { Priority = Math.Max(rule.Priority, before) });   // it has to be the last of its class
        }
        rules.Insert(place < 0 ? rules.Count : place, rule);
    }

    private static string? Description(LifecycleRule old, LifecycleRule rule, bool keep) =>
        !old.Means(rule) ? rule.Description
        : keep ? old.Description ?? rule.Description
        : rule.Description ?? old.Description;

    private static void KeepLast(List<LifecycleRule> rules, LifecycleRule any)
    {
        if (ReferenceEquals(rules.FindLast(r => r.IsArchive == any.IsArchive), any)) return;
        rules.RemoveAll(r => ReferenceEquals(r, any));
        rules.Add(any);
    }

    private static IEnumerable<LifecycleRule> Numbered(List<LifecycleRule> rules)
    {
        long last = 0;
        List<long> numbers = [];
        foreach (LifecycleRule rule in rules)
        {
            // A negative number stays, so that the check can name it.
            last = rule.Priority < 0 ? rule.Priority : Math.Max(last + 1, rule.Priority);
            numbers.Add(last);
        }
        return last > int.MaxValue
            ? rules.Select((r, i) => r with { Priority = i + 1 }) : rules.Zip(numbers, (r, n) => r with { Priority = (int)n });
    }
}
