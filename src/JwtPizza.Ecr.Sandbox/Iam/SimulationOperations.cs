using System.Globalization;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The policy simulator: may these policies, or this role, do that?</summary>
internal sealed class SimulationOperations(IamAccount account)
{
    private const string Own = "user-managed", Aws = "aws-managed", Inline = "role", Given = "none";
    private static readonly string[] s_notEvaluated = ["ResourcePolicy", "ResourceHandlingOption", "PermissionsBoundaryPolicyInputList.member.1"];

    private sealed record Source(string Name, string Type, string Document);

    public IEnumerable<Func<QueryCall, XElement[]?>> All => [SimulateCustomPolicy, SimulatePrincipalPolicy];

    public XElement[] SimulateCustomPolicy(QueryCall call)
    {
        List<Source> given = Policies(call);
        return given.Count > 0 ? Simulate(call, given) : throw TextRule.Broken("PolicyInputList", null, "Member must not be null");
    }

    public XElement[] SimulatePrincipalPolicy(QueryCall call) => Simulate(call, [.. Principal(call.Text("PolicySourceArn", IamRules.Arn)), .. Policies(call)]);

    private static XElement[] Simulate(QueryCall call, List<Source> sources)
    {
        if (s_notEvaluated.FirstOrDefault(p => call[p] is not null) is { } unknown)
            throw IamErrors.InvalidInput($"The sandbox's simulator does not evaluate {unknown.Split('.')[0]}.");
        IReadOnlyList<string> actions = call.Texts("ActionNames", IamRules.ActionName), resources = call.Texts("ResourceArns", IamRules.ResourceName);
        if (actions.Count == 0) throw TextRule.Broken("ActionNames", null, "Member must not be null");
        RequestContext context = Context(call);
        List<(Source Source, CompiledStatement Statement)> statements = [.. from source in sources from statement in CompiledPolicy.Of(source.Document).Statements select (source, statement)];
        string[] missing = [.. statements.SelectMany(s => s.Statement.ConditionKeys).Where(k => context[k] is null).Distinct(StringComparer.OrdinalIgnoreCase)];
        var cases = from action in actions from resource in resources.DefaultIfEmpty("*") select (action, resource);
        return call.Page(cases.Select((c, i) => (Case: c, Index: i)), c => c.Index.ToString("D8", CultureInfo.InvariantCulture),
            page => [List("EvaluationResults", page, c => Result(statements, c.Case.action, c.Case.resource, context, missing))]);
    }

    private static XElement[] Result(List<(Source Source, CompiledStatement Statement)> statements, string action, string resource, RequestContext context, string[] missing)
    {
        PolicyEvaluation evaluation = PolicyEvaluation.Of(statements.Select(s => s.Statement), new(action, resource, context));
        return
        [
            El("EvalActionName", action), El("EvalResourceName", resource),
            El("EvalDecision", evaluation.Decision switch { Decision.Allowed => "allowed", Decision.ExplicitDeny => "explicitDeny", _ => "implicitDeny" }),
            List("MatchedStatements", statements.Where(s => evaluation.Deciding.Contains(s.Statement)), s => new[] { El("SourcePolicyId", s.Source.Name), El("SourcePolicyType", s.Source.Type) }),
            List("MissingContextValues", missing, k => k),
        ];
    }

    private static List<Source> Policies(QueryCall call)
    {
        List<Source> given = [.. call.Texts("PolicyInputList", IamRules.Document).Select((d, i) => new Source($"PolicyInputList.{i + 1}", Given, d))];
        foreach (Source source in given) PolicyGrammar.Check(source.Document, PolicyKind.Inline);
        return given;
    }

    private IEnumerable<Source> Principal(string arn)
    {
        if (arn == account.User.Arn) return [new("AdministratorAccess", Aws, account.AwsPolicies.First(p => p.Name == "AdministratorAccess").Default.Document)];
        Role role = account.Roles.GetValueOrDefault(arn[(arn.LastIndexOf('/') + 1)..]) is { } found && found.Arn == arn ? found : throw IamErrors.NoSuchEntity($"The entity with arn {arn} cannot be found.");
        return
        [
            .. role.Inline.Select(p => new Source(p.Key, Inline, p.Value)),
            .. role.Attached.Select(p => new Source(p.Name, p.Arn == account.Arn("policy" + p.Path + p.Name) ? Own : Aws, p.Default.Document)),
        ];
    }

    private static RequestContext Context(QueryCall call)
    {
        RequestContext context = new();
        for (int i = 1; call.OptionalText($"ContextEntries.member.{i}.ContextKeyName", IamRules.ContextKey) is { } key; i++)
            context.With(key, [.. call.Texts($"ContextEntries.member.{i}.ContextKeyValues", IamRules.ContextValue)]);
        return context;
    }
}
