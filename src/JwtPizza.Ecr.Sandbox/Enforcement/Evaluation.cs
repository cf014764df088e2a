using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>Puts together what the policies of a role, of its session and of the resource say. A Deny in any of them wins.</summary>
internal sealed class Evaluation(string sessionArn, string roleArn, IamAccount account, Need need, RequestContext context)
{
    private readonly string[] _anybody = ["*", sessionArn, roleArn, account.AccountId, account.Arn("root")];

    private bool IsForeign => need.Registry is { } registry && registry.RegistryId != account.AccountId;

    /// <summary>Why not, as the end of AWS's sentence; null when it may be done.</summary>
    /// <param name="own">What the role's policies say.</param>
    /// <param name="boundary">What the role's permissions boundary says, if it has one.</param>
    /// <param name="cut">What the session's policies say, if it has any.</param>
    /// <param name="shared">The statements of the repository's and the registry's policies.</param>
    public string? Objection(Judgement own, Judgement? boundary, Judgement? cut, IEnumerable<JudgedStatement> shared)
    {
        Judgement resource = Judgement.Of(shared, s => Speaks(s) ? null : "", context);
        if (own.Decision == Decision.ExplicitDeny) return Denied("an identity-based policy");
        if (boundary?.Decision == Decision.ExplicitDeny) return Denied("a permissions boundary");
        if (resource.Decision == Decision.ExplicitDeny) return Denied("a resource-based policy");
        if (cut?.Decision == Decision.ExplicitDeny) return Denied("a session policy");
        if (Grants(resource, sessionArn)) return null;   // session policies do not cut what is given to the session itself
        if (own.Decision != Decision.Allowed && !Grants(resource, "*", roleArn)) return Guard.Lacking("identity-based policy", need);
        if (boundary is { Decision: not Decision.Allowed }) return Guard.Lacking("permissions boundary", need);
        if (cut is { Decision: not Decision.Allowed }) return Guard.Lacking("session policy", need);
        return IsForeign && resource.Decision != Decision.Allowed ? Guard.Lacking("resource-based policy", need) : null;
    }

    private bool Speaks(JudgedStatement statement) =>
        statement.CoversAction(need.Action, context) && (!statement.NamesResources || statement.CoversResource(need.Resource, context)) && statement.AllPrincipals.Any(_anybody.Contains);

    /// <summary>Within an account, the resource's policy suffices where it names the caller. One that names the account leaves it to the caller's own policies.</summary>
    private bool Grants(Judgement resource, params string[] principals) =>
        !IsForeign && resource.Decision == Decision.Allowed && resource.Deciding.Any(s => s.AllPrincipals.Any(principals.Contains));

    private static string Denied(string kind) => $"with an explicit deny in {kind}";
}
