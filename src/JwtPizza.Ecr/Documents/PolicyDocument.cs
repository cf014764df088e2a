using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>A policy in IAM's language. An edit gives a new document in which nothing else changes by one character.</summary>
public abstract partial class PolicyDocument : IDocument
{
    private protected PolicyDocument(string name, object target, JsonText json, string invalidId = "InvalidPolicy")
    {
        (Name, Target, Json) = (name, target, json);
        if (StatementsPart is null) throw Problem(invalidId, "contains no Statement, so it is not a policy that AWS understands");
        Statements = [.. StatementsPart.OneOrMany.Select((s, i) => new Statement(s, i + 1))];
    }

    /// <summary>What it is, within a sentence: <c>the trust policy of role 'github-ci'</c>.</summary>
    public string Name { get; }

    /// <summary>The JSON text; null when no statement is left, because AWS takes no policy without one.</summary>
    public string? Text => Statements.Count == 0 ? null : Json.Text;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Items => [.. Statements.Select(s => s.Name)];

    internal object Target { get; }

    internal JsonText Json { get; }

    internal IReadOnlyList<Statement> Statements { get; }

    internal JsonPart? StatementsPart => Json.Root["Statement"];

    /// <summary>What is left of a user or role that was deleted: AWS takes no edit of a policy that names one.</summary>
    internal string? DeletedPrincipal => DeletedPattern().Match(Json.Text) is { Success: true } gone ? gone.Groups["id"].Value : null;

    /// <summary>An error about the document: "The trust policy of role 'x' … . Nothing was changed."</summary>
    /// <param name="errorId">The id.</param>
    /// <param name="text">What it does, and what to do.</param>
    /// <param name="kind">The kind.</param>
    public PizzaException Problem(string errorId, string text, PizzaErrorKind kind = PizzaErrorKind.InvalidData) =>
        new(errorId, kind, $"{Sentence(Name)} {text}. Nothing was changed.", Target);

    /// <summary>The name of the Sid, or, where another statement has it, with the first number that is free behind it.</summary>
    internal string FreeSid(string sid) =>
        Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? sid : $"{sid}{n}").First(s => Statements.All(x => x.Sid != s));

    private protected static JsonText Read(string name, object target, string? document, string empty) =>
        JsonText.Parse(document ?? empty, Sentence(name), target);

    private protected static string Sentence(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    [GeneratedRegex("\"(?<id>(?:AROA|AIDA)[A-Z0-9]{12,})\"", RegexOptions.CultureInvariant)]
    private static partial Regex DeletedPattern();
}
