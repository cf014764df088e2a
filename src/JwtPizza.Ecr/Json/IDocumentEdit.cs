namespace JwtPizza.Ecr;

/// <summary>What an edit makes of a document that AWS holds and replaces as a whole, before anything is sent.</summary>
/// <typeparam name="TSelf">The edit itself.</typeparam>
public interface IDocumentEdit<TSelf>
{
    /// <summary>The document as it was read; null when there was none.</summary>
    string? Before { get; }

    /// <summary>The document to be; null when it is to be deleted.</summary>
    string? After { get; }

    /// <summary>Whether there is something to write.</summary>
    bool Changed { get; }

    /// <summary>The change for a reader's eye; empty when nothing changes.</summary>
    string Difference { get; }

    /// <summary>What a careful reader wants to know.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>What may not be as the caller thinks.</summary>
    IReadOnlyList<string> Warnings { get; }

    /// <summary>What <see cref="After"/> holds, one text for each thing that can get lost.</summary>
    IEnumerable<string> Held { get; }

    /// <summary>What the edit was about, in the same texts.</summary>
    IEnumerable<string> Touched { get; }

    /// <summary>The same with one more warning.</summary>
    /// <param name="text">For the user.</param>
    TSelf Warn(string text);
}
