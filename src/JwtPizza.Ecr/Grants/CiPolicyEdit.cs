namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a policy, before anything is sent.</summary>
/// <param name="Policy">The policy after the edit.</param>
public sealed record CiPolicyEdit(CiPolicy Policy)
{
    /// <summary>The document before the edit.</summary>
    public string Before { get; private init; } = Policy.Document;

    /// <summary>Whether there is something to write.</summary>
    public bool Changed => Policy.Document != Before;

    /// <summary>What became of each repository.</summary>
    public IReadOnlyList<CiGrantResult> Results { get; private init; } = [];

    /// <summary>What a careful reader wants to know.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What may not be as the caller thinks.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    internal CiPolicyEdit Then(JsonText json) => this with { Policy = Policy.With(json) };

    internal CiPolicyEdit Then(CiGrantResult result) => this with { Results = [.. Results, result] };

    internal CiPolicyEdit Note(string text) => this with { Notes = [.. Notes.Append(text).Distinct()] };

    internal CiPolicyEdit Warn(string text) => this with { Warnings = [.. Warnings.Append(text).Distinct()] };
}

/// <summary>What became of one repository.</summary>
/// <param name="Grant">What was asked.</param>
/// <param name="Status">What was done.</param>
/// <param name="Sids">The statements that hold the grant, or that were changed; a statement without Sid by its position.</param>
public sealed record CiGrantResult(CiGrant Grant, GrantStatus Status, IReadOnlyList<string> Sids);
