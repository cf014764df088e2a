namespace JwtPizza.Ecr;

/// <summary>Takes out just what a grant put in. What serves every repository goes with the last of them.</summary>
internal static class CiPolicyRemoval
{
    public static CiPolicyEdit Apply(CiPolicyEdit edit, CiGrant grant, bool alsoTaskRoles)
    {
        List<string> sids = [];
        foreach (CiStatement statement in CiStatement.AllOf(grant))
        {
            bool stays = statement.IsShared && IsGranted(edit.Policy, grant) && !(alsoTaskRoles && statement.Resource != "*");
            if (!stays) edit = Take(edit, statement, sids);
        }
        edit = StillAllowed(edit, grant);
        return edit.Then(new CiGrantResult(grant, sids.Count > 0 ? GrantStatus.Revoked : GrantStatus.NotGranted, [.. sids.Distinct()]));
    }

    /// <summary>Whether a repository may still be pushed to by a statement of ours.</summary>
    private static bool IsGranted(CiPolicy policy, CiGrant grant)
    {
        CiStatement push = CiStatement.Of(grant).Single(s => s.Sid == CiStatement.PushSid);
        return policy.Statements.Any(s => s.Is(push));
    }

    private static CiPolicyEdit Take(CiPolicyEdit edit, CiStatement statement, List<string> sids)
    {
        while (edit.Policy.Statements.FirstOrDefault(s => s.Is(statement) && s.Find(statement.Resource) is not null) is { } ours)
        {
            JsonPart resource = ours.Find(statement.Resource)!;
            bool whole = ours.Part["Resource"]!.OneOrMany.Count == 1;
            if (whole && edit.Policy.Statements.Count == 1)
                return edit.Warn($"{ours} is all that is left in the policy '{edit.Policy.PolicyName}', and IAM takes no policy without a statement, so it stays. Detach and delete the policy if nobody needs it.");
            sids.Add(ours.Sid!);
            edit = edit.Then(edit.Policy.Json.Remove(whole ? ours.Part : resource));
        }
        return edit;
    }

    private static CiPolicyEdit StillAllowed(CiPolicyEdit edit, CiGrant grant) =>
        edit.Policy.Statements.FirstOrDefault(s => s.Allows && s.Covers("ecr:PutImage", grant.RepositoryArn)) is { } other
            ? edit.Warn($"{other} of the policy '{edit.Policy.PolicyName}' still allows pushing to '{grant.RepositoryName}'. Grant-PizzaCiPolicy did not make it, so it was left as it is.")
            : edit;
}
