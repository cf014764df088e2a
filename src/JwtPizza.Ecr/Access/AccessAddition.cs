namespace JwtPizza.Ecr;

/// <summary>Puts a grant into a policy: into the statement that is ours, as a new one where there is none, not at all where it is allowed already.</summary>
internal static class AccessAddition
{
    public static AccessEdit Apply(AccessEdit edit, AccessGrant grant)
    {
        edit = WarnOfDenial(edit, grant);
        if (Covering(edit.Policy, grant) is { Count: > 0 } covering)
        {
            edit = covering.Where(s => !grant.Names(s.Sid)).Aggregate(edit, (e, s) => e.Note($"{s} of the policy of {e.Policy.Owner} allows {grant.Principal} this already."));
            return edit.Then(new AccessResult(grant, GrantStatus.AlreadyGranted, [.. covering.Select(Name)]));
        }
        if (edit.Policy.Statements.FirstOrDefault(s => s.Is(grant)) is { } ours)
        {
            edit = edit.Then(edit.Policy.Json.Append(ours.List(grant)!, grant.Principal.Value)).Then(new AccessResult(grant, GrantStatus.Granted, [Name(ours)]));
            return ours.HasCondition && !grant.Principal.IsOrganization ? edit.Warn($"{ours} of the policy of {edit.Policy.Owner} has a condition, which now applies to {grant.Principal} as well.") : edit;
        }
        string sid = FreeSid(edit.Policy, grant);
        edit = edit.Then(edit.Policy.Json.Append(edit.Policy.StatementsPart!, grant.ToJson(sid))).Then(new AccessResult(grant, GrantStatus.Granted, [sid]));
        return sid == grant.Sid ? edit : edit.Note($"The policy of {edit.Policy.Owner} has a statement '{grant.Sid}' already that allows something else. It was left as it is; the new statement is '{sid}'.");
    }

    /// <summary>The statements that together allow it; none when they do not. One with a condition counts when it is ours, because it was narrowed on purpose.</summary>
    private static List<AccessStatement> Covering(AccessPolicy policy, AccessGrant grant)
    {
        List<AccessStatement> covering = [];
        foreach (string action in grant.Actions)
        {
            if (policy.Statements.FirstOrDefault(s => s.Effect == "Allow" && s.Covers(grant, action) && (!s.HasCondition || s.Find(grant) is not null && (s.Is(grant) || grant.Principal.IsOrganization))) is not { } statement) return [];
            covering.Add(statement);
        }
        return [.. covering.Distinct()];
    }

    private static AccessEdit WarnOfDenial(AccessEdit edit, AccessGrant grant) =>
        edit.Policy.Statements.FirstOrDefault(s => s.Effect == "Deny" && grant.Actions.Any(a => s.Covers(grant, a))) is { } denial
            ? edit.Warn($"{denial} of the policy of {edit.Policy.Owner} denies {grant.Principal} this{(denial.HasCondition ? " under its condition" : "")}, and a Deny always wins.")
            : edit;

    private static string FreeSid(AccessPolicy policy, AccessGrant grant)
    {
        HashSet<string?> taken = [.. policy.Statements.Select(s => s.Sid)];
        return Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? grant.Sid : $"{grant.Sid}{n}").First(sid => !taken.Contains(sid));
    }

    private static string Name(AccessStatement statement) => statement.Sid ?? statement.ToString();
}
