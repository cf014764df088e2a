using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>A statement of a stored policy, ready to be held against requests.</summary>
internal sealed class JudgedStatement
{
    private readonly Dictionary<string, JsonElement> _members;
    private readonly IReadOnlyList<(ConditionOperator Operator, string Key, IReadOnlyList<string> Values)> _conditions;

    private JudgedStatement(Dictionary<string, JsonElement> members, int number)
    {
        (_members, Number) = (members, number);
        _conditions = !members.TryGetValue("Condition", out JsonElement condition) ? [] :
        [
            .. from o in PolicyJson.Members(condition) ?? []
               from key in PolicyJson.Members(o.Value) ?? []
               select (new ConditionOperator(o.Key), key.Key, PolicyJson.Texts(key.Value, scalars: true) ?? []),
        ];
    }

    /// <summary>The position in the document, from 1.</summary>
    public int Number { get; }

    public bool Allows => Text("Effect") == "Allow";

    public string Name => Text("Sid") is { Length: > 0 } text ? $"statement {Number} ('{text}')" : $"statement {Number}";

    /// <summary>What its conditions look at.</summary>
    public IEnumerable<string> ConditionKeys => _conditions.Select(c => c.Key);

    /// <summary>The statements of a document that IAM stores. What IAM would not have stored stands for nothing.</summary>
    public static IReadOnlyList<JudgedStatement> Of(string document) =>
        [.. PolicyJson.Items(PolicyJson.Parse(document)!["Statement"]).Select((s, i) => new JudgedStatement(PolicyJson.Members(s) ?? [], i + 1))];

    public bool CoversAction(string action, RequestContext context) => Covers("Action", action, ignoreCase: true, context) ?? !(Covers("NotAction", action, ignoreCase: true, context) ?? true);

    public bool CoversResource(string resource, RequestContext context) =>
        Covers("Resource", resource, ignoreCase: false, context) ?? !(Covers("NotResource", resource, ignoreCase: false, context) ?? true);

    /// <summary>The principals of one kind: AWS, Service or Federated.</summary>
    public IReadOnlyList<string> Principals(string kind) =>
        _members.TryGetValue("Principal", out JsonElement principal) && PolicyJson.Members(principal)?.TryGetValue(kind, out JsonElement list) == true ? PolicyJson.Texts(list) ?? [] : [];

    /// <summary>The principals of every kind; <c>*</c> alone for anybody.</summary>
    public IEnumerable<string> AllPrincipals =>
        !_members.TryGetValue("Principal", out JsonElement principal) ? []
        : PolicyJson.Members(principal) is { } kinds ? kinds.Values.SelectMany(v => PolicyJson.Texts(v) ?? [])
        : PolicyJson.Texts(principal) ?? [];

    /// <summary>Whether it says which resources it is about. In the policy of a repository it does not.</summary>
    public bool NamesResources => _members.ContainsKey("Resource") || _members.ContainsKey("NotResource");

    /// <summary>The first clause of the condition that does not hold, in words; null when all hold.</summary>
    public string? FailingClause(RequestContext context)
    {
        foreach ((ConditionOperator o, string key, IReadOnlyList<string> values) in _conditions)
        {
            if (o.Holds(context[key], values, context)) continue;
            string have = context[key] is { } actual ? $"is {Quoted(actual)}" : "is not in the request";
            return $"{o.Name} {key} wants {Quoted(values)}, and it {have}";
        }
        return null;
    }

    private bool? Covers(string element, string text, bool ignoreCase, RequestContext context) =>
        _members.TryGetValue(element, out JsonElement patterns)
            ? (PolicyJson.Texts(patterns) ?? []).Any(p => context.Pattern(p, wild: true, ignoreCase)?.IsMatch(text) ?? false)
            : null;

    private string? Text(string member) => _members.TryGetValue(member, out JsonElement value) && PolicyJson.Texts(value) is [var text] ? text : null;

    private static string Quoted(IEnumerable<string> texts) => string.Join(" or ", texts.Select(t => $"'{t}'"));
}
