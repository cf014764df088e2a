namespace JwtPizza.Ecr.Services.Documents;

/// <summary>A document as it was read.</summary>
/// <param name="Document">The document.</param>
/// <param name="Version">Its number, where AWS counts versions; else 0.</param>
internal sealed record Reading<TDocument>(TDocument Document, int Version = 0)
    where TDocument : IDocument
{
    /// <summary>What somebody else had written between the reading that our write was made from and our write; null when nobody had, or AWS
    /// does not tell.</summary>
    public Reading<TDocument>? Overwritten { get; init; }
}

/// <summary>Where one document lies. AWS takes it as a whole and compares nothing: the last writer wins.</summary>
internal abstract class DocumentStore<TDocument>
    where TDocument : IDocument
{
    /// <summary>What lies there, within a sentence: "the trust policy of role 'x'".</summary>
    public abstract string Name { get; }

    /// <summary>The command that shows it.</summary>
    public abstract string LookWith { get; }

    /// <summary>The target of errors.</summary>
    public abstract string Target { get; }

    /// <summary>Who calls where: two stores with the same key are about the same document.</summary>
    public abstract Task<string> KeyAsync(CancellationToken cancellationToken);

    public abstract Task<Reading<TDocument>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The document as it can be sent, within the limit of its size.</summary>
    public virtual Task<TDocument> FitAsync(TDocument document, CancellationToken cancellationToken) => Task.FromResult(document);

    /// <summary>Writes a document; one without text is deleted.</summary>
    /// <param name="document">What is to be there.</param>
    /// <param name="basis">What it was made from.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What is there now.</returns>
    public abstract Task<Reading<TDocument>> WriteAsync(TDocument document, Reading<TDocument> basis, CancellationToken cancellationToken);

    /// <summary>Whether this process has written it, and AWS may not show that yet.</summary>
    public async Task<bool> IsAwaitedAsync(DocumentSession session, CancellationToken cancellationToken) =>
        session.Log<TDocument>(await KeyAsync(cancellationToken).ConfigureAwait(false)) is { Last: not null, IsConfirmed: false };

    /// <summary>Whether AWS refuses to make a document where there is one, so that nobody else's can be overwritten by it.</summary>
    public virtual bool CreatesOnce => false;
}
