using System.Text.Json;

namespace JwtPizza.Ecr;

/// <summary>A statement of a stored policy, ready to be evaluated against requests.</summary>
internal sealed class CompiledStatement
{
    private readonly string? _sid;
    private readonly PatternSet _actions, _resources;
    private readonly IReadOnlyList<PolicyCondition> _conditions;
    private readonly Dictionary<string, string[]> _principals = [];

    /// <summary>The patterns of <c>Action</c> or <c>NotAction</c>, of <c>Resource</c> or <c>NotResource</c>.</summary>
    private readonly record struct PatternSet(IamPattern[]? Patterns, bool Negated)
    {
        public bool Covers(string text, RequestContext context)
        {
            if (Patterns is null) return false;
            foreach (IamPattern pattern in Patterns)
            {
                if (pattern.Matches(text, context)) return !Negated;
            }
            return Negated;
        }
    }

    /// <param name="members">Of the statement's JSON object.</param>
    /// <param name="number">The position in the document, from 1.</param>
    /// <param name="variables">Whether resources and conditions can hold variables.</param>
    public CompiledStatement(Dictionary<string, JsonElement> members, int number, bool variables)
    {
        Number = number;
        Allows = Text(members, "Effect") == "Allow";
        _sid = Text(members, "Sid");
        _actions = Patterns(members, "Action", ignoreCase: true, variables: false);
        _resources = Patterns(members, "Resource", ignoreCase: false, variables);
        if (members.TryGetValue("Principal", out JsonElement principal))
        {
            foreach ((string kind, JsonElement names) in PolicyJson.Members(principal) ?? new() { [Anybody] = principal })
                _principals[kind] = [.. PolicyJson.Texts(names) ?? []];
        }
        _conditions = !members.TryGetValue("Condition", out JsonElement condition) ? [] :
        [
            .. from o in PolicyJson.Members(condition) ?? []
               from key in PolicyJson.Members(o.Value) ?? []
               select new PolicyCondition(o.Key, key.Key, PolicyJson.Texts(key.Value, scalars: true) ?? [], variables),
        ];
    }

    private const string Anybody = "*";

    /// <summary>The position in the document, from 1.</summary>
    public int Number { get; }

    public bool Allows { get; }

    public string Name => _sid is { Length: > 0 } ? $"statement {Number} ('{_sid}')" : $"statement {Number}";

    /// <summary>What its conditions look at.</summary>
    public IEnumerable<string> ConditionKeys => _conditions.Select(c => c.Key);

    /// <summary>Whether it says which resources it is about. In the policy of a repository it does not.</summary>
    public bool NamesResources => _resources.Patterns is not null;

    public bool CoversAction(string action, RequestContext context) => _actions.Covers(action, context);

    public bool CoversResource(string resource, RequestContext context) => _resources.Covers(resource, context);

    /// <summary>Whether it names one of these as its principal of a kind: AWS, Service or Federated.</summary>
    public bool Names(string kind, Predicate<string> isMeant) =>
        _principals.TryGetValue(kind, out string[]? names) && Array.Exists(names, isMeant);

    /// <summary>Whether it names one of these as a principal that calls with credentials of AWS; <c>*</c> alone stands for them,
    /// too.</summary>
    public bool NamesCaller(Predicate<string> isMeant) => Names("AWS", isMeant) || Names(Anybody, isMeant);

    /// <summary>All that it names as principals that call with credentials of AWS.</summary>
    public IEnumerable<string> Callers => _principals.GetValueOrDefault("AWS", []).Concat(_principals.GetValueOrDefault(Anybody, []));

    /// <summary>The first clause of the condition that does not hold, in words; null when all hold.</summary>
    public string? FailingClause(RequestContext context)
    {
        foreach (PolicyCondition condition in _conditions)
        {
            if (condition.Failure(context) is { } failure) return failure;
        }
        return null;
    }

    private static PatternSet Patterns(Dictionary<string, JsonElement> members, string element, bool ignoreCase, bool variables)
    {
        bool negated = !members.TryGetValue(element, out JsonElement list);
        if (negated && !members.TryGetValue("Not" + element, out list)) return new(null, false);
        return new([.. (PolicyJson.Texts(list) ?? []).Select(p => new IamPattern(p, wild: true, ignoreCase, variables))], negated);
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out JsonElement value) && PolicyJson.Texts(value) is [var text] ? text : null;
}
