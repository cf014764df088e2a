namespace JwtPizza.Ecr;

/// <summary>Takes just what is named out of the rules. A rule of which only a part goes is split, so that the rest stays.</summary>
internal static class ReplicationRemoval
{
    public static ReplicationEdit Apply(ReplicationEdit edit, IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes)
    {
        while (edit.Configuration.Rules.Select(r => Cut.Of(r, destinations, prefixes)).FirstOrDefault(c => c is not null) is { } cut) edit = Take(edit, cut);
        foreach (ReplicationStatement rule in edit.Configuration.Rules)
            foreach (string prefix in prefixes ?? [])
                if (rule.Destinations.Where(d => destinations?.Contains(d) != false && rule.Sends(d, prefix)).ToArray() is { Length: > 0 } still)
                    edit = edit.Warn($"Rule {rule.Number} still replicates '{prefix}' to {string.Join(", ", (object[])still)}, because it is for {(rule.IsForAll ? "all repositories" : $"'{string.Join("', '", rule.Prefixes)}'")}. A single prefix cannot be taken out of that.");
        return edit;
    }

    private static ReplicationEdit Take(ReplicationEdit edit, Cut cut)
    {
        ReplicationStatement rule = cut.Rule;
        ReplicationDestination[] rest = [.. rule.Destinations.Except(cut.Destinations)];
        if (cut.IsWhole && rest.Length == 0) return edit.Then(edit.Configuration.Json.Remove(rule.Part));
        if (cut.IsWhole) return Each(edit, rule, cut.Destinations, (r, d) => r.Find(d));
        edit = Each(edit, rule, cut.Prefixes, (r, p) => r.Find(p));
        return rest.Length == 0 ? edit : edit.Then(edit.Configuration.Json.Append(edit.Configuration.RulesPart, ReplicationStatement.ToJson(rest, cut.Prefixes)));
    }

    private static ReplicationEdit Each<T>(ReplicationEdit edit, ReplicationStatement rule, IReadOnlyList<T> items, Func<ReplicationStatement, T, JsonPart> find) =>
        items.Aggregate(edit, (e, item) => e.Then(e.Configuration.Json.Remove(find(e.Configuration.Rules[rule.Number - 1], item))));

    /// <summary>What is to go from one rule: these prefixes of these destinations.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Destinations">At least one.</param>
    /// <param name="Prefixes">At least one, unless the rule is meant as a whole.</param>
    /// <param name="IsWhole">Whether that is all that the rule replicates.</param>
    private sealed record Cut(ReplicationStatement Rule, IReadOnlyList<ReplicationDestination> Destinations, IReadOnlyList<string> Prefixes, bool IsWhole)
    {
        public static Cut? Of(ReplicationStatement rule, IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes)
        {
            ReplicationDestination[] to = [.. rule.Destinations.Distinct().Where(d => destinations?.Contains(d) != false)];
            string[] of = [.. rule.Prefixes.Distinct().Where(p => prefixes?.Contains(p) != false)];
            bool whole = prefixes switch
            {
                null => true,
                [] => rule.IsForAll,
                _ => of.Length > 0 && of.Length == rule.Prefixes.Distinct().Count() && !rule.IsPartlyUnknown,
            };
            return to.Length > 0 && (whole || of.Length > 0) ? new(rule, to, of, whole) : null;
        }
    }
}
