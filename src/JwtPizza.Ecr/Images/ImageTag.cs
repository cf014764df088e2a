using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// The tag of an image: 1 to 128 letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, of which the first is no <c>.</c> or <c>-</c>.
/// The rule is that of the OCI distribution specification, which docker and ECR's registry keep.
/// </summary>
public readonly partial record struct ImageTag
{
    private const int MaxLength = 128;

    private ImageTag(string value) => Value = value;

    /// <summary>The tag, for example <c>latest</c>.</summary>
    public string Value { get; }

    /// <summary>Reads a tag.</summary>
    /// <param name="text">For example <c>v1.2.3</c>; without repository and colon.</param>
    /// <exception cref="PizzaException"><c>InvalidImageTag</c>: says which rule is broken.</exception>
    public static ImageTag Parse(string text) =>
        Problem(text) is not { } problem
            ? new(text)
            : throw new PizzaException("InvalidImageTag", PizzaErrorKind.InvalidArgument,
                $"'{text}' is not a valid image tag: {problem}. A tag has 1 to {MaxLength} letters, digits, '_', '.' and '-', " +
                "and starts with a letter, a digit or '_' (for example 'latest' or 'v1.2.3').", text);

    /// <summary>Whether the text is a legal tag.</summary>
    /// <param name="text">The text to check.</param>
    public static bool IsLegal(string text) => Problem(text) is null;

    /// <summary>The tag.</summary>
    public override string ToString() => Value;

    private static string? Problem(string text) => text switch
    {
        "" => "it is empty",
        { Length: > MaxLength } => $"it has {text.Length} characters",
        _ when Pattern().IsMatch(text) => null,
        _ when text.Contains(':', StringComparison.Ordinal) => "it contains ':'; give the tag alone, without the repository",
        _ when text.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && !"_.-".Contains(c)) is var bad and not '\0' => $"it holds '{bad}'",
        _ => $"it starts with '{text[0]}'",
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
