using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>
/// What one statement is to allow for one value among others of the same list: for a principal in the policy of a repository or a
/// registry, on a resource in the policy of a role.
/// </summary>
/// <param name="Sid">The Sid of a new statement; when that is taken by something else, a number follows it.</param>
/// <param name="Actions">The actions.</param>
/// <param name="Resources">The resources; null where statements name none.</param>
/// <param name="Principal">Who; null in the policy of a role.</param>
internal sealed record StatementGrant(
    string Sid, IReadOnlyList<string> Actions, IReadOnlyList<string>? Resources, AccessPrincipal? Principal)
{
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    private const string PassedToServiceKey = "iam:PassedToService";

    /// <summary>The service that a role may be passed to; null for no condition.</summary>
    public string? PassedToService { get; init; }

    /// <summary>The value that joins the list of a statement.</summary>
    public string Value => Principal?.Value ?? Resources![0];

    /// <summary>What it comes to, as the subject of a sentence about a Deny: "denies … ".</summary>
    public string Meaning => Principal is null ? $"{Sid} for {Value}" : $"{Value} this";

    /// <summary>Whether the Sid is ours, with or without a number.</summary>
    public bool Names(string? sid) =>
        sid is not null && sid.StartsWith(Sid, StringComparison.Ordinal) && sid.AsSpan(Sid.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Whether the statement is one of ours, for whichever values: our Sid and just our actions. A condition that somebody added
    /// stays and applies.</summary>
    public bool IsOurs(Statement s) =>
        Names(s.Sid) && s.Allows && !s.HasNot && Same(s.Actions, Actions, StringComparer.OrdinalIgnoreCase) && List(s) is not null
        && (Principal is null ? s.Resources is { Count: > 0 }
            : (Resources is null ? s.Resources is null : s.Resources is not null && Same(s.Resources, Resources, StringComparer.Ordinal))
              && (!Principal.IsOrganization || s.Principals is ["*"]));

    /// <summary>The part of a statement of ours that holds the values: one, or an array of them.</summary>
    public JsonPart? List(Statement s) => Principal switch
    {
        null => s.Part["Resource"],
        { IsOrganization: true } => s.OrganizationPart,
        _ => s.Part["Principal"] is { Children: [{ Name: "AWS" } list] } ? list : null,
    };

    /// <summary>The very value in a statement, to take it out.</summary>
    public JsonPart? Find(Statement s) =>
        List(s)?.OneOrMany.FirstOrDefault(v => Principal is null ? v.String == Value : Principal.Is(v.String));

    /// <summary>
    /// Whether a statement allows the action already. A condition is not met by everybody; but ours was narrowed on purpose, and that an
    /// organization is asked for is just what is meant for one.
    /// </summary>
    public bool IsAllowedBy(Statement s, string action)
    {
        if (!s.Allows || !s.CoversAction(action)) return false;
        if (IsOurs(s) && (Find(s) is not null || (Principal is null && s.CoversResource(Value)))) return true;
        return Covers(s, action) && (!s.HasCondition || (Principal is { IsOrganization: true } && s.Organizations.Contains(Value)));
    }

    /// <summary>Whether the action falls under the statement for this value, conditions aside.</summary>
    public bool Covers(Statement s, string action) =>
        s.CoversAction(action) && (Resources is null || Resources.All(s.CoversResource)) && (Principal is null || SpeaksTo(s));

    /// <summary>Whether a condition of a statement of ours is one that we would have written, so that nobody is surprised by it.</summary>
    public bool HasOwnCondition(Statement s) =>
        Principal is { IsOrganization: true }
            || (PassedToService is not null && s.Part["Condition"]?["StringEquals"]?[PassedToServiceKey] is not null);

    public JsonObject ToJson(string sid)
    {
        JsonObject statement = new() { [nameof(Sid)] = sid, ["Effect"] = "Allow" };
        if (Principal is not null)
            statement[nameof(Principal)] = Principal.IsOrganization ? "*" : new JsonObject { ["AWS"] = Array([Value]) };
        statement["Action"] = Array(Actions);
        if (Resources is not null) statement["Resource"] = Array(Resources);
        if (Principal is { IsOrganization: true }) statement["Condition"] = Condition(AccessGrant.OrganizationKey, Array([Value]));
        if (PassedToService is not null) statement["Condition"] = Condition(PassedToServiceKey, PassedToService);
        return statement;
    }

    /// <summary>Everybody of an organization is not anybody in particular: who belongs to it is not known here.</summary>
    private bool SpeaksTo(Statement s) => s.Organizations is { Count: > 0 } organizations
        ? s.Principals.Contains("*") && organizations.Contains(Value)
        : s.Principals.Any(p => p == "*" || Principal!.Is(p)) && !(Principal!.IsOrganization && s.HasCondition);

    private static bool Same(IEnumerable<string> a, IEnumerable<string> b, StringComparer comparer) => a.ToHashSet(comparer).SetEquals(b);

    private static JsonObject Condition(string key, JsonNode value) => new() { ["StringEquals"] = new JsonObject { [key] = value } };

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(t => JsonValue.Create(t))];
}

/// <summary>What became of one grant.</summary>
/// <typeparam name="TGrant">What was asked.</typeparam>
/// <param name="Grant">What was asked.</param>
/// <param name="Status">What was done.</param>
/// <param name="Sids">The statements that hold it, or that it was taken from; one without Sid by its position.</param>
public sealed record GrantResult<TGrant>(TGrant Grant, ChangeStatus Status, IReadOnlyList<string> Sids);
