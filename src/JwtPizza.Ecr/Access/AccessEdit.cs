namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a policy, before anything is sent.</summary>
/// <param name="Policy">The policy after the edit.</param>
public sealed record AccessEdit(AccessPolicy Policy) : IDocumentEdit<AccessEdit>
{
    /// <inheritdoc/>
    public string? Before { get; private init; } = Policy.Document;

    /// <inheritdoc/>
    public string? After => Policy.Document;

    /// <inheritdoc/>
    public bool Changed => After != Before;

    /// <summary>What became of each grant.</summary>
    public IReadOnlyList<AccessResult> Results { get; private init; } = [];

    /// <summary>What a careful reader wants to know.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What may not be as the caller thinks.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The change for a reader's eye; empty when nothing changes.</summary>
    public string Difference => JsonDifference.Between(Before, After);

    IEnumerable<string> IDocumentEdit<AccessEdit>.Held =>
        from statement in Policy.Statements
        from principal in statement.Organizations is { Count: > 0 } organizations ? organizations : statement.Principals
        select $"{statement.Sid ?? string.Join('+', statement.Actions)} for {principal}";

    IEnumerable<string> IDocumentEdit<AccessEdit>.Touched => from result in Results from sid in result.Sids select $"{sid} for {result.Grant.Principal}";

    /// <inheritdoc/>
    public AccessEdit Warn(string text) => this with { Warnings = [.. Warnings.Append(text).Distinct()] };

    internal AccessEdit Then(JsonText json) => this with { Policy = Policy.With(json) };

    internal AccessEdit Empty() => this with { Policy = Policy.Emptied() };

    internal AccessEdit Then(AccessResult result) => this with { Results = [.. Results, result] };

    internal AccessEdit Note(string text) => this with { Notes = [.. Notes.Append(text).Distinct()] };
}

/// <summary>What became of one grant.</summary>
/// <param name="Grant">What was asked.</param>
/// <param name="Status">What was done.</param>
/// <param name="Sids">The statements that hold it, or that it was taken from; one without Sid by its position.</param>
public sealed record AccessResult(AccessGrant Grant, GrantStatus Status, IReadOnlyList<string> Sids);
