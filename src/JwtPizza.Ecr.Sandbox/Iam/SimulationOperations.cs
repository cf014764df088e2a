using System.Globalization;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The policy simulator: may these policies, or this role, user or group, do that?</summary>
internal static class SimulationOperations
{
    private const string Identity = "IAM Policy", Boundary = "IAM Permissions Boundary Policy", OfResource = "Resource Policy";

    private sealed record Source(string Name, string Type, string Document);

    /// <summary>Policies of every type, and who asks.</summary>
    private sealed record Simulation(
        IReadOnlyList<Source> Policies, IReadOnlyList<Source>? Boundaries, Source? ResourcePolicy, string CallerArn, RequestContext Context)
    {
        public IEnumerable<Source> All => [.. Policies, .. Boundaries ?? [], .. ResourcePolicy is { } one ? [one] : Array.Empty<Source>()];

        /// <summary>Whether the boundaries allow it; null where there are none.</summary>
        public bool? AllowedByBoundary(AccessRequest request) => Boundaries is null ? null
            : PolicyEvaluation.Of(Boundaries.Select(b => CompiledPolicy.Of(b.Document)), request).Decision == Decision.Allowed;

        public AccessDecision Decide(AccessRequest request, string owner)
        {
            RequestPrincipal who = new()
            {
                Arn = CallerArn, AccountId = AccountOf(CallerArn), Identity = [.. Policies.Select(p => CompiledPolicy.Of(p.Document))],
                Boundary = Boundaries is null ? null : [.. Boundaries.Select(b => CompiledPolicy.Of(b.Document))],
            };
            return AccessDecision.Of(who, request, owner, ResourcePolicy is null ? null : [CompiledPolicy.Of(ResourcePolicy.Document)]);
        }
    }

    public static XElement[] Custom(IamCall call)
    {
        if (call["ResourcePolicy"] is not null && call["CallerArn"] is null)
            throw IamErrors.InvalidInput("The request must contain CallerArn with ResourcePolicy.");
        string caller = call["CallerArn"] ?? call.Account.Arn("user/simulated");
        List<Source> policies = Given(call, "PolicyInputList", Identity);
        return Simulate(call, new(policies, BoundariesGiven(call), ResourcePolicy(call), caller, Context(call)), ofPrincipal: false);
    }

    public static XElement[] OfPrincipal(IamCall call)
    {
        string arn = call.Required("PolicySourceArn");
        PolicyHolder holder = call.Account.FindHolder(arn) ?? throw IamErrors.NoSuchEntity($"The entity with arn {arn} cannot be found.");
        IReadOnlyList<Source>? boundaries = BoundariesGiven(call)
            ?? (holder.PermissionsBoundary is { } b && call.Account.FindPolicy(b) is { } policy
                ? [new(policy.Name, Boundary, policy.Default.Document)] : null);
        List<Source> policies = [.. Sources(holder, call.Account), .. Given(call, "PolicyInputList", Identity)];
        return Simulate(call, new(policies, boundaries, ResourcePolicy(call), call["CallerArn"] ?? holder.Arn, Context(call)),
            ofPrincipal: true);
    }

    private static XElement[] Simulate(IamCall call, Simulation simulation, bool ofPrincipal)
    {
        if (call["ResourceHandlingOption"] is not null)
            throw IamErrors.InvalidInput("The sandbox's simulator does not evaluate ResourceHandlingOption.");
        IReadOnlyList<string> actions = call.Texts("ActionNames"), resources = call.Texts("ResourceArns");
        var cases = from action in actions from resource in resources.DefaultIfEmpty("*") select (action, resource);
        return call.Page(cases.Select((c, i) => (Case: c, Index: i)), c => c.Index.ToString("D8", CultureInfo.InvariantCulture),
            page =>
                [List("EvaluationResults", page,
                    c => Result(call, simulation, c.Case.action, c.Case.resource, resources.Count > 0, ofPrincipal))]);
    }

    private static IEnumerable<XElement?> Result(
        IamCall call, Simulation simulation, string action, string resource, bool ofResource, bool ofPrincipal)
    {
        AccessRequest request = new(action, resource, simulation.Context);
        string owner = call["ResourceOwner"] is { } given ? AccountOf(given) : AccountOf(simulation.CallerArn);
        AccessDecision decision = simulation.Decide(request, owner);
        string word = decision.Decision switch { Decision.Allowed => "allowed", Decision.ExplicitDeny => "explicitDeny",
            _ => "implicitDeny" };
        XElement matched = Matched(simulation, request, decision), missing = Missing(simulation);
        yield return El("EvalActionName", action);
        yield return El("EvalResourceName", resource);
        yield return El("EvalDecision", word);
        yield return matched;
        yield return missing;
        if (ofPrincipal) yield return El("OrganizationsDecisionDetail", El("AllowedByOrganizations", true));
        if (simulation.AllowedByBoundary(request) is { } allowed)
            yield return El("PermissionsBoundaryDecisionDetail", El("AllowedByPermissionsBoundary", allowed));
        yield return El("EvalDecisionDetails");
        if (!ofResource) yield break;
        XElement specific =
            El("member", El("EvalResourceName", resource), El("EvalResourceDecision", word), new XElement(matched), new XElement(missing));
        yield return El("ResourceSpecificResults", specific);
    }

    /// <summary>The statements that decided: those that deny it, or those that allow it.</summary>
    private static XElement Matched(Simulation simulation, AccessRequest request, AccessDecision decision)
    {
        var matched = from source in decision.Decision == Decision.ImplicitDeny ? [] : simulation.All
                      let statements = CompiledPolicy.Of(source.Document).Statements
                      from statement in statements
                      where statement.Allows == (decision.Decision == Decision.Allowed)
                          && request.IsCoveredBy(statement, source.Type == OfResource)
                      where statement.FailingClause(request.Context) is null
                      select (source, Position: StatementPositions.Of(source.Document)[statement.Number - 1]);
        return List("MatchedStatements", matched, m => new object[]
        {
            El("SourcePolicyId", m.source.Name), El("SourcePolicyType", m.source.Type), At("StartPosition", m.Position.Start),
            At("EndPosition", m.Position.End),
        });
    }

    private static XElement At(string name, StatementPositions.Position position) =>
        El(name, El("Line", position.Line), El("Column", position.Column));

    private static XElement Missing(Simulation simulation)
    {
        IEnumerable<string> keys =
            simulation.All.SelectMany(s => CompiledPolicy.Of(s.Document).Statements).SelectMany(s => s.ConditionKeys);
        return List("MissingContextValues", keys.Where(k => simulation.Context[k] is null).Distinct(StringComparer.OrdinalIgnoreCase),
            k => k);
    }

    private static List<Source> Given(IamCall call, string parameter, string type)
    {
        List<Source> given = [.. call.Texts(parameter).Select((d, i) => new Source($"{parameter}.{i + 1}", type, d))];
        foreach (Source source in given) PolicyGrammar.Check(source.Document, PolicyKind.Inline);
        return given;
    }

    private static List<Source>? BoundariesGiven(IamCall call) =>
        Given(call, "PermissionsBoundaryPolicyInputList", Boundary) is { Count: > 0 } given ? given : null;

    private static Source? ResourcePolicy(IamCall call) => call["ResourcePolicy"] is not { } document ? null
        : PolicyJson.Parse(document)?.ContainsKey("Statement") == true ? new("ResourcePolicy", OfResource, document)
        : throw IamErrors.Malformed("Syntax errors in policy.");

    private static IEnumerable<Source> Sources(PolicyHolder holder, IamAccount account) =>
        account.PoliciesOf(holder).Select(p => new Source(p.Name, Identity, p.Document));

    /// <summary>The account of an ARN, or what stands for one itself.</summary>
    private static string AccountOf(string arn) => Arn.TryParse(arn, out Arn? parsed) ? parsed.AccountId : arn;

    private static RequestContext Context(IamCall call)
    {
        RequestContext context = new();
        for (int i = 1; call[$"ContextEntries.member.{i}.ContextKeyName"] is { } key; i++)
            context.With(key, [.. call.Texts($"ContextEntries.member.{i}.ContextKeyValues")]);
        return context;
    }
}
