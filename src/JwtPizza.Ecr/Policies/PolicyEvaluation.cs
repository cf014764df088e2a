namespace JwtPizza.Ecr;

internal enum Decision { Allowed, ImplicitDeny, ExplicitDeny }

/// <summary>What policies of one type say about a request.</summary>
/// <param name="Decision">A Deny that applies wins; without an Allow that applies, the answer is no as well.</param>
/// <param name="Deciding">The statements that decided.</param>
/// <param name="Reasons">For each statement that is about the request but does not apply: the clause that fails.</param>
internal sealed record PolicyEvaluation(Decision Decision, IReadOnlyList<CompiledStatement> Deciding, IReadOnlyList<string> Reasons)
{
    /// <summary>Evaluates identity policies, boundaries or session policies.</summary>
    public static PolicyEvaluation Of(IEnumerable<CompiledPolicy> policies, AccessRequest request) =>
        Of(policies.SelectMany(p => p.Statements), request);

    /// <summary>Evaluates statements that name no principal.</summary>
    public static PolicyEvaluation Of(IEnumerable<CompiledStatement> statements, AccessRequest request) =>
        Of(statements, s => request.IsCoveredBy(s) ? null : "", request.Context);

    /// <summary>Evaluates statement by statement.</summary>
    /// <param name="statements">All that could apply.</param>
    /// <param name="objection">Why a statement is not about the request at all: null when it is, empty when that needs no words.</param>
    /// <param name="context">What conditions look at.</param>
    public static PolicyEvaluation Of(
        IEnumerable<CompiledStatement> statements, Func<CompiledStatement, string?> objection, RequestContext context)
    {
        List<CompiledStatement> allows = [], denies = [];
        List<string> reasons = [];
        foreach (CompiledStatement statement in statements)
        {
            string? why = objection(statement) ?? statement.FailingClause(context);
            if (why is null) (statement.Allows ? allows : denies).Add(statement);
            else if (why.Length > 0) reasons.Add($"{statement.Name}: {why}");
        }
        return denies.Count > 0 ? new(Decision.ExplicitDeny, denies, [.. denies.Select(d => $"{d.Name}: denies it")])
            : allows.Count > 0 ? new(Decision.Allowed, allows, [])
            : new(Decision.ImplicitDeny, [], reasons);
    }
}
