namespace JwtPizza.Ecr;

/// <summary>The types of policies, by AWS's names.</summary>
internal enum PolicyType { Identity, Boundary, Session, Resource }

/// <summary>What the policies of all types say together.</summary>
/// <param name="Decision">The outcome.</param>
/// <param name="By">The type of policy that denies it or does not allow it; null when it is allowed.</param>
internal sealed record AccessDecision(Decision Decision, PolicyType? By)
{
    private static readonly AccessDecision s_allowed = new(Decision.Allowed, null);

    /// <summary>
    /// Puts together what the policies of who asks and of the resource say. A Deny in any of them wins.
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    /// </summary>
    /// <param name="who">Who asks.</param>
    /// <param name="request">For what.</param>
    /// <param name="owner">The account that the resource belongs to.</param>
    /// <param name="ofResource">The policies of the resource; null where it has none that count.</param>
    /// <param name="mustLetIn">Whether the resource's own policy has to allow it in every case, as the trust policy of a role has
    /// to.</param>
    public static AccessDecision Of(
        RequestPrincipal who, AccessRequest request, string owner, IReadOnlyList<CompiledPolicy>? ofResource = null, bool mustLetIn = false)
    {
        PolicyEvaluation resource = PolicyEvaluation.Of((ofResource ?? []).SelectMany(p => p.Statements),
            s => request.IsCoveredBy(s, ofResource: true) && s.NamesCaller(who.IsMeant) ? null : "", request.Context);
        PolicyEvaluation identity = PolicyEvaluation.Of(who.Identity, request);
        PolicyEvaluation? boundary = who.Boundary is null ? null : PolicyEvaluation.Of(who.Boundary, request);
        PolicyEvaluation? session = who.Session is null ? null : PolicyEvaluation.Of(who.Session, request);
        (PolicyType Type, PolicyEvaluation? Evaluation)[] all =
            [(PolicyType.Identity, identity), (PolicyType.Boundary, boundary), (PolicyType.Resource, resource),
                (PolicyType.Session, session)];
        foreach ((PolicyType type, PolicyEvaluation? evaluation) in all)
        {
            if (evaluation?.Decision == Decision.ExplicitDeny) return new(Decision.ExplicitDeny, type);
        }
        bool within = who.AccountId == owner, letIn = resource.Decision == Decision.Allowed;
        // What is given to the user or session itself, boundaries and session policies do not cut; what is given to a role, they do.
        if (within && letIn && resource.Deciding.Any(s => s.NamesCaller(who.IsNamed))) return s_allowed;
        bool given = within && letIn && resource.Deciding.Any(s => s.NamesCaller(who.IsNamedDirectly));
        if (identity.Decision != Decision.Allowed && !given) return Lacks(PolicyType.Identity);
        if (boundary is { Decision: not Decision.Allowed }) return Lacks(PolicyType.Boundary);
        if (session is { Decision: not Decision.Allowed }) return Lacks(PolicyType.Session);
        return letIn || (within && !mustLetIn) ? s_allowed : Lacks(PolicyType.Resource);
    }

    private static AccessDecision Lacks(PolicyType type) => new(Decision.ImplicitDeny, type);
}
