namespace JwtPizza.Ecr;

/// <summary>A statement of an identity policy, as somebody wrote it.</summary>
internal sealed class PolicyStatement(JsonPart part, int number)
{
    public JsonPart Part => part;

    public string? Sid => part["Sid"]?.String;

    public bool Allows => part["Effect"]?.String == "Allow";

    public bool HasCondition => part["Condition"] is { Children.Count: > 0 };

    private string[] Actions { get; } = Texts(part["Action"]);

    private string[] Resources { get; } = Texts(part["Resource"]);

    /// <summary>Whether the action on the resource falls under the statement, conditions aside.</summary>
    public bool Covers(string action, string resource) =>
        Actions.Any(a => IamPattern.Covers(a, action, ignoreCase: true)) && Resources.Any(r => IamPattern.Covers(r, resource));

    /// <summary>Whether it is a statement of ours, for whichever resources: our Sid and just our actions. A condition that somebody added stays and applies.</summary>
    public bool Is(CiStatement wanted) =>
        wanted.Names(Sid) && Allows && part["NotAction"] is null && part["NotResource"] is null && Resources.Length > 0
        && Actions.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(wanted.Actions);

    /// <summary>The very resource, to take it out.</summary>
    public JsonPart? Find(string resource) => part["Resource"]?.OneOrMany.FirstOrDefault(r => r.String == resource);

    public override string ToString() => Sid is null ? $"statement {number}" : $"'{Sid}'";

    private static string[] Texts(JsonPart? value) => [.. value?.OneOrMany.Select(v => v.String).OfType<string>() ?? []];
}
