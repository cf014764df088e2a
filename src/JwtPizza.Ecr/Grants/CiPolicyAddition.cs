namespace JwtPizza.Ecr;

/// <summary>Puts the statements of a grant into a policy: into those that are ours, as new ones where there are none, not at all where all is allowed already.</summary>
internal static class CiPolicyAddition
{
    public static CiPolicyEdit Apply(CiPolicyEdit edit, CiGrant grant)
    {
        string before = edit.Policy.Document;
        List<string> sids = [];
        foreach (CiStatement wanted in CiStatement.Of(grant))
        {
            edit = WarnOfDenial(Put(edit, wanted, sids), wanted);
        }
        return edit.Then(new CiGrantResult(grant, edit.Policy.Document == before ? GrantStatus.AlreadyGranted : GrantStatus.Granted, [.. sids.Distinct()]));
    }

    private static CiPolicyEdit Put(CiPolicyEdit edit, CiStatement wanted, List<string> sids)
    {
        if (Covering(edit.Policy, wanted) is { Count: > 0 } covering)
        {
            sids.AddRange(covering.Select(Name));
            return covering.Where(s => !wanted.Names(s.Sid)).Aggregate(edit, (e, s) => e.Note($"{wanted.Sid}: {s} allows this for {wanted.Resource} already"));
        }
        if (edit.Policy.Statements.FirstOrDefault(s => s.Is(wanted)) is { } ours)
        {
            sids.Add(Name(ours));
            edit = edit.Then(edit.Policy.Json.Append(ours.Part["Resource"]!, wanted.Resource));
            return ours.HasCondition && !(wanted.PassedToService is not null && ours.Part["Condition"]?["StringEquals"]?[CiStatement.PassedToServiceKey] is not null) ? edit.Warn($"{ours} of the policy '{edit.Policy.PolicyName}' has a condition, which now applies to {wanted.Resource} as well.") : edit;
        }
        string sid = FreeSid(edit.Policy, wanted);
        sids.Add(sid);
        edit = edit.Then(edit.Policy.Json.Append(edit.Policy.StatementsPart!, wanted.ToJson(sid)));
        return sid == wanted.Sid ? edit : edit.Warn($"The policy '{edit.Policy.PolicyName}' has a statement '{wanted.Sid}' that allows something else. It was left as it is; the new statement is '{sid}'.");
    }

    /// <summary>The statements that together allow it; none when they do not. One with a condition counts when it is ours, because it was narrowed on purpose.</summary>
    private static List<PolicyStatement> Covering(CiPolicy policy, CiStatement wanted)
    {
        List<PolicyStatement> covering = [];
        foreach (string action in wanted.Actions)
        {
            if (policy.Statements.FirstOrDefault(s => s.Allows && s.Covers(action, wanted.Resource) && (!s.HasCondition || s.Is(wanted))) is not { } statement) return [];
            covering.Add(statement);
        }
        return [.. covering.Distinct()];
    }

    private static CiPolicyEdit WarnOfDenial(CiPolicyEdit edit, CiStatement wanted) =>
        edit.Policy.Statements.FirstOrDefault(s => s.Part["Effect"]?.String == "Deny" && wanted.Actions.Any(a => s.Covers(a, wanted.Resource))) is { } denial
            ? edit.Warn($"{denial} of the policy '{edit.Policy.PolicyName}' denies {wanted.Sid} for {wanted.Resource}{(denial.HasCondition ? " under its condition" : "")}, and a Deny always wins.")
            : edit;

    private static string FreeSid(CiPolicy policy, CiStatement wanted)
    {
        HashSet<string?> taken = [.. policy.Statements.Select(s => s.Sid)];
        return Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? wanted.Sid : $"{wanted.Sid}{n}").First(sid => !taken.Contains(sid));
    }

    private static string Name(PolicyStatement statement) => statement.Sid ?? statement.ToString();
}
