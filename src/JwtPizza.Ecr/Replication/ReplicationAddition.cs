using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>Puts destinations and prefixes into the rules, with as few rules as need be: ECR takes ten.</summary>
internal static class ReplicationAddition
{
    public static ReplicationEdit Apply(ReplicationEdit edit, IReadOnlyList<ReplicationDestination> destinations, IReadOnlyList<string> prefixes)
    {
        IReadOnlyList<ReplicationStatement> rules = edit.Configuration.Rules;
        string?[] wanted = prefixes.Count == 0 ? [null] : [.. prefixes.Distinct()];
        (ReplicationDestination Destination, string? Prefix)[] missing =
            [.. from d in destinations.Distinct() from p in wanted where !rules.Any(r => r.Sends(d, p)) select (d, p)];
        if (missing.Length == 0) return edit;
        ReplicationDestination[] to = [.. missing.Select(m => m.Destination).Distinct()];
        string?[] of = [.. missing.Select(m => m.Prefix).Distinct()];

        if (rules.Count == 0)
            edit = edit.Note("The first rule of an account makes ECR create the service-linked role AWSServiceRoleForECRReplication, for which the caller needs iam:CreateServiceLinkedRole.");
        if (rules.FirstOrDefault(r => r.HasJust(of)) is { } same)
            return Append(edit, same, r => r.DestinationsPart, to.Except(same.Destinations).Select(d => d.ToJson()));
        if (!of.Contains(null) && rules.FirstOrDefault(r => !r.IsForAll && r.HasJust(to)) is { } there)
            return Append(edit, there, r => r.FiltersPart, of.OfType<string>().Except(there.Prefixes).Select(ReplicationStatement.ToJson));
        return edit.Then(edit.Configuration.Json.Append(edit.Configuration.RulesPart, ReplicationStatement.ToJson(to, of)));
    }

    private static ReplicationEdit Append(ReplicationEdit edit, ReplicationStatement rule, Func<ReplicationStatement, JsonPart> list, IEnumerable<JsonObject> items) =>
        items.Aggregate(edit, (e, item) => e.Then(e.Configuration.Json.Append(list(e.Configuration.Rules[rule.Number - 1]), item)));
}
