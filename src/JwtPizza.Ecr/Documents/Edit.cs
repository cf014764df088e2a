namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a document, before anything is sent.</summary>
/// <typeparam name="TDocument">The kind of document.</typeparam>
/// <typeparam name="TResult">What is told of each thing that the edit is about.</typeparam>
/// <param name="Document">The document after the edit.</param>
public sealed record Edit<TDocument, TResult>(TDocument Document)
    where TDocument : IDocument
{
    private TDocument Original { get; init; } = Document;

    /// <summary>The text as it was read; null when there was none.</summary>
    public string? Before => Original.Text;

    /// <summary>The text to be; null when the document is to be deleted.</summary>
    public string? After => Document.Text;

    /// <summary>Whether there is something to write.</summary>
    public bool Changed => After != Before;

    /// <summary>What the edit does to the document as a whole.</summary>
    public ChangeStatus Status => (Before, After) switch
    {
        _ when !Changed => ChangeStatus.Unchanged,
        (null, _) => ChangeStatus.Created,
        (_, null) => ChangeStatus.Removed,
        _ => ChangeStatus.Changed,
    };

    /// <summary>What became of each thing that the edit is about.</summary>
    public IReadOnlyList<TResult> Results { get; internal init; } = [];

    /// <summary>What a careful reader wants to know.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What may not be as the caller thinks.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The change for a reader's eye; empty when nothing changes.</summary>
    public string Difference => JsonDifference.Between(Before, After);

    /// <summary>The items that are in one of the two documents only.</summary>
    internal IEnumerable<string> Touched
    {
        get
        {
            HashSet<string> touched = [.. Original.Items];
            touched.SymmetricExceptWith(Document.Items);
            return touched;
        }
    }

    /// <summary>The same with one more warning.</summary>
    /// <param name="text">For the user.</param>
    public Edit<TDocument, TResult> Warn(string text) => this with { Warnings = [.. Warnings.Append(text).Distinct()] };

    /// <summary>The same with other results.</summary>
    /// <param name="results">One for each thing that the edit is about.</param>
    public Edit<TDocument, TResult> With(IReadOnlyList<TResult> results) => this with { Results = results };

    internal Edit<TDocument, TResult> Note(string text) => this with { Notes = [.. Notes.Append(text).Distinct()] };

    internal Edit<TDocument, TResult> Then(params TResult[] results) => this with { Results = [.. Results, .. results] };
}

/// <summary>Edits of documents whose text is changed character by character.</summary>
internal static class JsonEdit
{
    public static Edit<TDocument, TResult> Then<TDocument, TResult>(
        this Edit<TDocument, TResult> edit, JsonText json, params TResult[] results)
        where TDocument : IJsonDocument<TDocument> =>
        edit with { Document = edit.Document.With(json), Results = [.. edit.Results, .. results] };
}
