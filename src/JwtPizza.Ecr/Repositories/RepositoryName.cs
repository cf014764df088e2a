using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// The name of an ECR repository: 2 to 256 characters; lowercase letters and digits, joined by single <c>.</c>, <c>_</c>, <c>__</c>
/// or any number of <c>-</c>, in parts separated by <c>/</c>. The rule is the pattern of AWS's service model.
/// </summary>
public readonly partial record struct RepositoryName
{
    private const int MinLength = 2, MaxLength = 256, MaxPublicLength = 205;

    private RepositoryName(string value) => Value = value;

    /// <summary>The name as ECR knows it.</summary>
    public string Value { get; }

    /// <summary>Reads a name.</summary>
    /// <param name="text">For example <c>team-a/jwt-pizza-service</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidRepositoryName</c>: says which rule is broken.</exception>
    public static RepositoryName Parse(string text) =>
        Problem(text) is not { } problem
            ? new(text)
            : throw ErrorCatalog.InvalidRepositoryName(text, problem).With(
                $"A name has {MinLength} to {MaxLength} characters, starts with a lowercase letter or digit, and holds lowercase " +
                "letters, digits, '-', '_', '.' and '/' (for example 'jwt-pizza-service' or 'team-a/api').");

    /// <summary>Reads the name of a repository in ECR Public: at most 205 characters, and single separators.</summary>
    /// <param name="text">For example <c>jwt-pizza-service</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidRepositoryName</c>: says which rule is broken.</exception>
    public static RepositoryName ParsePublic(string text) => Parse(text) is var name && PublicPattern().IsMatch(text)
        ? name
        : throw ErrorCatalog.InvalidRepositoryName(text, text.Length > MaxPublicLength
            ? $"it has {text.Length} characters, and ECR Public allows at most {MaxPublicLength}"
            : "in ECR Public the separators ('-', '_', '.') stand alone, so '--' and '__' are not allowed");

    /// <summary>Whether the text is a legal name.</summary>
    /// <param name="text">The text to check.</param>
    public static bool IsLegal(string text) => Problem(text) is null;

    /// <summary>The name as ECR knows it.</summary>
    public override string ToString() => Value;

    private static string? Problem(string text) => text switch
    {
        _ when text.IndexOfAny(['*', '?']) >= 0 => "it is a pattern; use the pattern with Get-PizzaRepository, and pipe its output",
        { Length: < MinLength } => $"it has {text.Length} character(s)",
        { Length: > MaxLength } => $"it has {text.Length} characters",
        _ when Pattern().IsMatch(text) => null,
        _ when text.Any(char.IsUpper) => "it contains uppercase letters",
        _ when text.FirstOrDefault(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && !"-_./".Contains(c)) is var bad
            and not '\0' => $"it holds '{bad}'",
        _ when !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]) =>
            "it must start and end with a letter or digit",
        _ => "two separators follow each other",
    };

    [GeneratedRegex(@"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A(?=.{2,205}\z)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PublicPattern();
}
