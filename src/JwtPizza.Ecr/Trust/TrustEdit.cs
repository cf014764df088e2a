namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a trust policy, before anything is sent.</summary>
/// <param name="Policy">The policy after the edit.</param>
public sealed record TrustEdit(TrustPolicy Policy) : IDocumentEdit<TrustEdit>
{
    /// <summary>The document before the edit.</summary>
    public string Before { get; private init; } = Policy.Document;

    string? IDocumentEdit<TrustEdit>.After => Policy.Document;

    IEnumerable<string> IDocumentEdit<TrustEdit>.Held => Policy.Subjects().Select(s => s.Subject);

    IEnumerable<string> IDocumentEdit<TrustEdit>.Touched => Subjects.Select(s => s.Subject);

    /// <summary>Whether there is something to write.</summary>
    public bool Changed => Policy.Document != Before;

    /// <summary>One record for each subject that the edit was about.</summary>
    public IReadOnlyList<TrustSubject> Subjects { get; private init; } = [];

    /// <summary>What a careful reader wants to know: which statement was taken, which further conditions apply.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What may keep the subjects from working.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The change for a reader's eye; empty when nothing changes.</summary>
    public string Difference => JsonDifference.Between(Before, Policy.Document);

    internal TrustEdit Then(JsonText json, params TrustSubject[] subjects) => this with { Policy = Policy.With(json), Subjects = [.. Subjects, .. subjects] };

    internal TrustEdit Then(TrustSubject subject) => this with { Subjects = [.. Subjects, subject] };

    internal TrustEdit Note(string text) => this with { Notes = [.. Notes.Append(text).Distinct()] };

    /// <summary>The same with one more warning.</summary>
    /// <param name="text">For the user.</param>
    public TrustEdit Warn(string text) => this with { Warnings = [.. Warnings.Append(text).Distinct()] };
}
