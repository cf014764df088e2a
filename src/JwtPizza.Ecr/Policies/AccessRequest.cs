namespace JwtPizza.Ecr;

/// <summary>What somebody wants to do, for policies to allow or deny.</summary>
/// <param name="Action">For example <c>ecr:PutImage</c>.</param>
/// <param name="Resource">The ARN; <c>*</c> for an action that is about no resource.</param>
/// <param name="Context">What conditions look at.</param>
internal sealed record AccessRequest(string Action, string Resource, RequestContext Context)
{
    /// <summary>Whether a statement's actions and resources are about it. The policy of a resource need not name that resource.</summary>
    public bool IsCoveredBy(CompiledStatement statement, bool ofResource = false) =>
        statement.CoversAction(Action, Context)
            && (statement.CoversResource(Resource, Context) || (ofResource && !statement.NamesResources));
}
