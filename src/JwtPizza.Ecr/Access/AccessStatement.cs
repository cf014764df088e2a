namespace JwtPizza.Ecr;

/// <summary>A statement of the policy of a repository or registry, as somebody wrote it.</summary>
internal sealed class AccessStatement(JsonPart part, int number)
{
    private static readonly string[] s_not = ["NotAction", "NotResource", "NotPrincipal"];

    public JsonPart Part => part;

    public string? Sid => part["Sid"]?.String;

    public string Effect => part["Effect"]?.String ?? "";

    public bool HasCondition => part["Condition"] is { Children.Count: > 0 };

    public IReadOnlyList<string> Actions { get; } = Texts(part["Action"]);

    /// <summary>Those of every kind, as they stand there; <c>*</c> is everybody.</summary>
    public IReadOnlyList<string> Principals { get; } = part["Principal"] is { IsObject: true } kinds ? [.. kinds.Children.SelectMany(Texts)] : Texts(part["Principal"]);

    /// <summary>The organizations that it is limited to, if just that is its condition.</summary>
    public IReadOnlyList<string> Organizations => Texts(OrganizationPart);

    private bool HasNot => s_not.Any(n => part[n] is not null);

    public IReadOnlyList<string>? Resources { get; } = part["Resource"] is { } resource ? Texts(resource) : null;

    private JsonPart? OrganizationPart =>
        part["Condition"] is { Children: [{ Name: "StringEquals", Children: [{ } key] }] } && string.Equals(key.Name, AccessGrant.OrganizationKey, StringComparison.OrdinalIgnoreCase) ? key : null;

    /// <summary>Whether it is a statement of ours, for whichever principals: our Sid, just our actions and resources. A condition that somebody added stays and applies.</summary>
    public bool Is(AccessGrant grant) =>
        grant.Names(Sid) && Effect == "Allow" && !HasNot && Same(Actions, grant.Actions, StringComparer.OrdinalIgnoreCase)
        && (grant.Resources is null ? Resources is null : Resources is not null && Same(Resources, grant.Resources, StringComparer.Ordinal))
        && List(grant) is not null && (!grant.Principal.IsOrganization || Principals is ["*"]);

    /// <summary>The value that holds the principals of a statement of ours: one, or an array of them.</summary>
    public JsonPart? List(AccessGrant grant) => grant.Principal.IsOrganization ? OrganizationPart : part["Principal"] is { Children: [{ Name: "AWS" } list] } ? list : null;

    /// <summary>The very principal, to take it out.</summary>
    public JsonPart? Find(AccessGrant grant) => List(grant)?.OneOrMany.FirstOrDefault(p => grant.Principal.Is(p.String));

    /// <summary>Whether the action of the grant falls under the statement for its principal, conditions aside.</summary>
    public bool Covers(AccessGrant grant, string action) => SpeaksTo(grant.Principal) && !HasNot && Actions.Any(a => IamPattern.Covers(a, action, ignoreCase: true))
        && (grant.Resources is null || grant.Resources.All(w => Resources?.Any(r => IamPattern.Covers(r, w)) == true));

    /// <summary>Whether all of these actions are among those of the statement.</summary>
    public bool HasAll(IEnumerable<string> actions) => actions.All(action => Actions.Any(a => IamPattern.Covers(a, action, ignoreCase: true)));

    public override string ToString() => Sid is null ? $"statement {number}" : $"'{Sid}'";

    /// <summary>Everybody of an organization is not anybody in particular: who belongs to it is not known here.</summary>
    private bool SpeaksTo(AccessPrincipal principal) => Organizations is { Count: > 0 } organizations
        ? Principals.Contains("*") && organizations.Contains(principal.Value)
        : Principals.Any(p => p == "*" || principal.Is(p)) && !(principal.IsOrganization && HasCondition);

    private static bool Same(IEnumerable<string> a, IEnumerable<string> b, StringComparer comparer) => a.ToHashSet(comparer).SetEquals(b);

    private static IReadOnlyList<string> Texts(JsonPart? value) => [.. value?.OneOrMany.Select(v => v.String).OfType<string>() ?? []];
}
