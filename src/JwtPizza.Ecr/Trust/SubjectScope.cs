using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// The part of a subject behind the repository: a branch, tag or environment, pull requests, or anything. A branch, tag or
/// environment may be a pattern with <c>*</c> and <c>?</c>.
/// </summary>
/// <remarks>Grammar: https://docs.github.com/en/actions/reference/security/oidc</remarks>
public sealed partial record SubjectScope
{
    private const string Heads = "refs/heads/", Tags = "refs/tags/";

    private SubjectScope(SubjectKind kind, string? value = null) => (Kind, Value) = (kind, value);

    /// <summary>Which runs.</summary>
    public SubjectKind Kind { get; }

    /// <summary>The branch, tag or environment.</summary>
    public string? Value { get; }

    /// <summary>Runs of pull requests.</summary>
    public static SubjectScope PullRequest { get; } = new(SubjectKind.PullRequest);

    /// <summary>Every run.</summary>
    public static SubjectScope AnyRef { get; } = new(SubjectKind.AnyRef);

    /// <summary>Runs on a branch.</summary>
    /// <param name="name">With or without <c>refs/heads/</c>.</param>
    public static SubjectScope Branch(string name) => new(SubjectKind.Branch, Ref("branch", name, Heads));

    /// <summary>Runs on a git tag.</summary>
    /// <param name="name">With or without <c>refs/tags/</c>.</param>
    public static SubjectScope GitTag(string name) => new(SubjectKind.GitTag, Ref("tag", name, Tags));

    /// <summary>Jobs of an environment.</summary>
    /// <param name="name">The environment's name, 1 to 255 characters.</param>
    public static SubjectScope Environment(string name) => name is { Length: > 0 and <= 255 } && !name.Any(char.IsControl)
        ? new(SubjectKind.Environment, name)
        : throw Wrong("environment", name, "it has 1 to 255 characters and no control characters");

    /// <summary>The text as it stands in a subject. A <c>:</c> in a value becomes <c>%3A</c>, as GitHub does it.</summary>
    public override string ToString() => Kind switch
    {
        SubjectKind.Branch => $"ref:{Heads}{Escaped}",
        SubjectKind.GitTag => $"ref:{Tags}{Escaped}",
        SubjectKind.Environment => $"environment:{Escaped}",
        SubjectKind.PullRequest => "pull_request",
        _ => "*",
    };

    /// <summary>Reads the text behind the repository; null when it has another shape.</summary>
    internal static SubjectScope? Read(string text) => text switch
    {
        "*" => AnyRef,
        "pull_request" => PullRequest,
        _ when After(text, $"ref:{Heads}") is { } branch => new(SubjectKind.Branch, branch),
        _ when After(text, $"ref:{Tags}") is { } tag => new(SubjectKind.GitTag, tag),
        _ when After(text, "environment:") is { } environment => new(SubjectKind.Environment, environment),
        _ => null,
    };

    private string Escaped => Value!.Replace(":", "%3A", StringComparison.Ordinal);

    private static string? After(string text, string start) =>
        text.StartsWith(start, StringComparison.Ordinal) && text.Length > start.Length
            ? text[start.Length..].Replace("%3A", ":", StringComparison.OrdinalIgnoreCase) : null;

    private static string Ref(string what, string name, string prefix)
    {
        string bare = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return RefRule().IsMatch(bare)
            ? bare
            : throw Wrong(what, name,
                "git allows no space, '~', '^', ':', '[' or '\\' in it, no '..', '//' or '@{', and no '/' or '.' at its end");
    }

    private static PizzaException Wrong(string what, string name, string rule) =>
        ErrorCatalog.InvalidTrustSubject(name, $"'{name}' is not the name of a {what}: {rule}.");

    // git check-ref-format, but for the '*' and '?' of a pattern: https://git-scm.com/docs/git-check-ref-format
    [GeneratedRegex(@"\A(?!/)(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|\z)|[/.]\z))(?!\.)[^\x00-\x20\x7f~^:\[\\]+\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex RefRule();
}
