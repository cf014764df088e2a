using System.ComponentModel;

namespace JwtPizza.Ecr;

/// <summary>A document that AWS holds and replaces as a whole: a policy, or the settings of a registry.</summary>
public interface IDocument
{
    /// <summary>The text as AWS holds it, or is to hold it; null when there is none.</summary>
    string? Text { get; }

    /// <summary>What the document says, one text for each thing that somebody else may write or overwrite.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    IEnumerable<string> Items { get; }
}

/// <summary>A document of which only the characters change that must.</summary>
internal interface IJsonDocument<TSelf> : IDocument
{
    JsonText Json { get; }

    /// <summary>The same document with another text.</summary>
    TSelf With(JsonText json);
}
