namespace JwtPizza.Ecr;

/// <summary>Takes out just what a grant put in: the principal, and with the last one the statement.</summary>
internal static class AccessRemoval
{
    public static AccessEdit Apply(AccessEdit edit, IReadOnlyList<AccessGrant> grants) => grants.Aggregate(grants.Aggregate(edit, Take), StillAllowed);

    private static AccessEdit Take(AccessEdit edit, AccessGrant grant)
    {
        List<string> sids = [];
        while (edit.Policy.Statements.FirstOrDefault(s => s.Is(grant) && s.Find(grant) is not null) is { } ours)
        {
            sids.Add(ours.Sid!);
            bool whole = ours.List(grant)!.OneOrMany.Count == 1;
            edit = whole && edit.Policy.Statements.Count == 1 ? edit.Empty() : edit.Then(edit.Policy.Json.Remove(whole ? ours.Part : ours.Find(grant)!));
        }
        return edit.Then(new AccessResult(grant, sids.Count > 0 ? GrantStatus.Revoked : GrantStatus.NotGranted, [.. sids.Distinct()]));
    }

    /// <summary>Not of single actions: pushing and pulling share one.</summary>
    private static AccessEdit StillAllowed(AccessEdit edit, AccessGrant grant)
    {
        List<AccessStatement?> others = [.. grant.Actions.Select(a => edit.Policy.Statements.FirstOrDefault(s => s.Effect == "Allow" && s.Covers(grant, a)))];
        return others.Contains(null) ? edit : edit.Warn(
            $"{string.Join(" and ", others.Distinct())} of the policy of {edit.Policy.Owner} still allow{(others.Distinct().Count() == 1 ? "s" : "")} {grant.Principal} this" +
            $"{(others.Exists(s => s!.HasCondition) ? " under a condition" : "")}. It was left as it is, since Grant did not make it.");
    }
}
