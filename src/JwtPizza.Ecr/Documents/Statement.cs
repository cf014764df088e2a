namespace JwtPizza.Ecr;

/// <summary>A statement of a policy, as somebody wrote it.</summary>
/// <param name="part">Where it stands in the document.</param>
/// <param name="number">Its position in the policy, from 1, as people count.</param>
internal sealed class Statement(JsonPart part, int number)
{
    private static readonly string[] s_not = ["NotAction", "NotResource", "NotPrincipal"];

    public JsonPart Part => part;

    public int Number => number;

    public string? Sid => part["Sid"]?.String;

    public string Effect => part["Effect"]?.String ?? "";

    public bool Allows => Effect == "Allow";

    public bool Denies => Effect == "Deny";

    public bool HasCondition => part["Condition"] is { Children.Count: > 0 };

    /// <summary>Whether it is about everything but something.</summary>
    public bool HasNot => s_not.Any(n => part[n] is not null);

    public IReadOnlyList<string> Actions { get; } = Texts(part["Action"]);

    /// <summary>Null when it names none, as the statements of a repository's policy.</summary>
    public IReadOnlyList<string>? Resources { get; } = part["Resource"] is { } resource ? Texts(resource) : null;

    /// <summary>Those of every kind, as they stand there; <c>*</c> is everybody.</summary>
    public IReadOnlyList<string> Principals { get; } =
        part["Principal"] is { IsObject: true } kinds ? [.. kinds.Children.SelectMany(Texts)] : Texts(part["Principal"]);

    /// <summary>The organizations that it is limited to, if just that is its condition.</summary>
    public IReadOnlyList<string> Organizations => Texts(OrganizationPart);

    public JsonPart? OrganizationPart =>
        part["Condition"] is { Children: [{ Name: "StringEquals", Children: [{ } key] }] }
        && string.Equals(key.Name, AccessGrant.OrganizationKey, StringComparison.OrdinalIgnoreCase) ? key : null;

    /// <summary>What people call it.</summary>
    public string Name => Sid ?? ToString();

    /// <summary>Whether the action falls under the statement, whatever the resource.</summary>
    public bool CoversAction(string action) => !HasNot && HasAction(action);

    /// <summary>Whether the action is among those of the statement.</summary>
    public bool HasAction(string action) => Actions.Any(a => IamPattern.Covers(a, action, ignoreCase: true));

    /// <summary>Whether the resource falls under the statement.</summary>
    public bool CoversResource(string resource) => Resources?.Any(r => IamPattern.Covers(r, resource)) == true;

    public override string ToString() => Sid is null ? $"statement {number}" : $"'{Sid}'";

    private static IReadOnlyList<string> Texts(JsonPart? value) => [.. value?.OneOrMany.Select(v => v.String).OfType<string>() ?? []];
}
