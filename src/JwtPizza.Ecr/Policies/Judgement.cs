namespace JwtPizza.Ecr;

internal enum Decision { Allowed, ImplicitDeny, ExplicitDeny }

/// <summary>What policies say about a request.</summary>
/// <param name="Decision">A Deny that applies wins; without an Allow that applies, the answer is no as well.</param>
/// <param name="Deciding">The statements that decided.</param>
/// <param name="Reasons">For each statement that speaks of the request but does not apply: the clause that fails.</param>
internal sealed record Judgement(Decision Decision, IReadOnlyList<JudgedStatement> Deciding, IReadOnlyList<string> Reasons)
{
    /// <summary>Judges by identity policies.</summary>
    public static Judgement Of(IEnumerable<string> documents, string action, string resource, RequestContext context) =>
        Of(documents.SelectMany(JudgedStatement.Of), action, resource, context);

    /// <summary>Judges by statements of identity policies.</summary>
    public static Judgement Of(IEnumerable<JudgedStatement> statements, string action, string resource, RequestContext context) =>
        Of(statements, s => s.CoversAction(action, context) && s.CoversResource(resource, context) ? null : "", context);

    /// <summary>Judges statement by statement.</summary>
    /// <param name="statements">All that could apply.</param>
    /// <param name="objection">Why a statement does not speak of the request at all: null when it does, empty when that needs no words.</param>
    /// <param name="context">What conditions look at.</param>
    public static Judgement Of(IEnumerable<JudgedStatement> statements, Func<JudgedStatement, string?> objection, RequestContext context)
    {
        List<JudgedStatement> allows = [], denies = [];
        List<string> reasons = [];
        foreach (JudgedStatement statement in statements)
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
