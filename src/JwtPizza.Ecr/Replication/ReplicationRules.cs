using System.Text.Json.Nodes;
using ReplicationEdit = JwtPizza.Ecr.Edit<JwtPizza.Ecr.ReplicationConfiguration, JwtPizza.Ecr.RegistryReplication>;

namespace JwtPizza.Ecr;

/// <summary>Puts destinations and prefixes into the rules, with as few rules as need be (ECR accepts ten), and takes them out
/// again.</summary>
internal static class ReplicationRules
{
    public static ReplicationEdit Add(
        ReplicationEdit edit, IReadOnlyList<ReplicationDestination> destinations, IReadOnlyList<string> prefixes)
    {
        IReadOnlyList<ReplicationStatement> rules = edit.Document.Rules;
        string?[] wanted = prefixes.Count == 0 ? [null] : [.. prefixes.Distinct()];
        (ReplicationDestination Destination, string? Prefix)[] missing =
            [.. from d in destinations.Distinct() from p in wanted where !rules.Any(r => r.Sends(d, p)) select (d, p)];
        if (missing.Length == 0) return edit;
        ReplicationDestination[] to = [.. missing.Select(m => m.Destination).Distinct()];
        string?[] of = [.. missing.Select(m => m.Prefix).Distinct()];

        if (rules.Count == 0)
            edit = edit.Note("The first rule of an account makes ECR create the service-linked role AWSServiceRoleForECRReplication, " +
                "for which the caller needs iam:CreateServiceLinkedRole.");
        if (rules.FirstOrDefault(r => r.HasJust(of)) is { } same)
            return Append(edit, same, r => r.DestinationsPart, to.Except(same.Destinations).Select(d => d.ToJson()));
        if (!of.Contains(null) && rules.FirstOrDefault(r => !r.IsForAll && r.HasJust(to)) is { } there)
            return Append(edit, there, r => r.FiltersPart, of.OfType<string>().Except(there.Prefixes).Select(ReplicationStatement.ToJson));
        return edit.Then(edit.Document.Json.Append(edit.Document.RulesPart, ReplicationStatement.ToJson(to, of)));
    }

    private static ReplicationEdit Append(
        ReplicationEdit edit, ReplicationStatement rule, Func<ReplicationStatement, JsonPart> list, IEnumerable<JsonObject> items) =>
        items.Aggregate(edit, (e, item) => e.Then(e.Document.Json.Append(list(e.Document.Rules[rule.Number - 1]), item)));

    /// <summary>Just what is named. A rule of which only a part goes is split, so that the rest stays.</summary>
    public static ReplicationEdit Remove(
        ReplicationEdit edit, IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes)
    {
        while (edit.Document.Rules.Select(r => Cut.Of(r, destinations, prefixes)).FirstOrDefault(c => c is not null) is { } cut)
            edit = Take(edit, cut);
        foreach (ReplicationStatement rule in edit.Document.Rules)
            foreach (string prefix in prefixes ?? [])
                if (rule.Destinations.Where(d => destinations?.Contains(d) != false && rule.Sends(d, prefix))
                    .ToArray() is { Length: > 0 } still)
                    edit = edit.Warn($"Rule {rule.Number} still replicates '{prefix}' to {string.Join(", ", (object[])still)}, because " +
                        $"it is for {(rule.IsForAll ? "all repositories" : $"'{string.Join("', '", rule.Prefixes)}'")}. " +
                        "A single prefix cannot be removed from it.");
        return edit;
    }

    /// <summary>What that takes out, by the rules that it is taken out of.</summary>
    public static IReadOnlyList<RegistryReplication> Removed(
        ReplicationConfiguration before, IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes) =>
    [
        .. from cut in before.Rules.Select(rule => Cut.Of(rule, destinations, prefixes)).OfType<Cut>()
           from destination in cut.Destinations
           select before.Record(cut.Rule, destination, cut.IsWhole ? cut.Rule.Prefixes : cut.Prefixes)
               with { Status = ChangeStatus.Removed },
    ];

    private static ReplicationEdit Take(ReplicationEdit edit, Cut cut)
    {
        ReplicationStatement rule = cut.Rule;
        ReplicationDestination[] rest = [.. rule.Destinations.Except(cut.Destinations)];
        if (cut.IsWhole && rest.Length == 0) return edit.Then(edit.Document.Json.Remove(rule.Part));
        if (cut.IsWhole) return Each(edit, rule, cut.Destinations, (r, d) => r.Find(d));
        edit = Each(edit, rule, cut.Prefixes, (r, p) => r.Find(p));
        return rest.Length == 0
            ? edit : edit.Then(edit.Document.Json.Append(edit.Document.RulesPart, ReplicationStatement.ToJson(rest, cut.Prefixes)));
    }

    private static ReplicationEdit Each<T>(
        ReplicationEdit edit, ReplicationStatement rule, IReadOnlyList<T> items, Func<ReplicationStatement, T, JsonPart> find) =>
        items.Aggregate(edit, (e, item) => e.Then(e.Document.Json.Remove(find(e.Document.Rules[rule.Number - 1], item))));

    /// <summary>What is to go from one rule: these prefixes of these destinations.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Destinations">At least one.</param>
    /// <param name="Prefixes">At least one, unless the rule is meant as a whole.</param>
    /// <param name="IsWhole">Whether that is all that the rule replicates.</param>
    private sealed record Cut(
        ReplicationStatement Rule, IReadOnlyList<ReplicationDestination> Destinations, IReadOnlyList<string> Prefixes, bool IsWhole)
    {
        public static Cut? Of(
            ReplicationStatement rule, IReadOnlyList<ReplicationDestination>? destinations, IReadOnlyList<string>? prefixes)
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
