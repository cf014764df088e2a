namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>A policy with the name by which its owner knows it.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">For example <c>policy 'deploy' of role 'github-ci'</c>.</param>
/// <param name="Policy">What it says.</param>
internal sealed record NamedPolicy(PolicyType Type, string Name, CompiledPolicy Policy)
{
    /// <summary>Why the policies of one type deny a request or do not allow it, statement by statement.</summary>
    /// <param name="all">The policies of all types.</param>
    /// <param name="decision">What they say together.</param>
    /// <param name="request">The request.</param>
    /// <param name="who">Who asks.</param>
    public static IReadOnlyList<string> Reasons(
        IEnumerable<NamedPolicy> all, AccessDecision decision, AccessRequest request, RequestPrincipal who)
    {
        NamedPolicy[] deciding = [.. all.Where(p => p.Type == decision.By)];
        if (deciding.Length == 0) return ["there is no policy of this type"];
        string[] reasons =
        [
            .. from policy in deciding
               from statement in policy.Policy.Statements
               where statement.Allows == (decision.Decision == Decision.ImplicitDeny)
                   && statement.CoversAction(request.Action, request.Context)
               let why = policy.Objection(statement, request, who)
               where why is not null
               select $"{policy.Name}, {statement.Name}: {why}",
        ];
        return reasons.Length > 0 ? reasons : [$"no statement allows {request.Action}: {string.Join(", ", deciding.Select(p => p.Name))}"];
    }

    private string? Objection(CompiledStatement statement, AccessRequest request, RequestPrincipal who)
    {
        bool ofResource = Type == PolicyType.Resource;
        string? why = !request.IsCoveredBy(statement, ofResource) ? $"its resources do not include {request.Resource}"
            : ofResource && !statement.NamesCaller(who.IsMeant) ? $"its principals do not include {who.Arn}"
            : statement.FailingClause(request.Context);
        return statement.Allows ? why : why is null ? "denies it" : null;
    }
}
