using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>A secret that the workflows of a GitHub repository may read as <c>${{ secrets.NAME }}</c>. Its value is told nowhere.</summary>
public sealed partial record WorkflowSecret
{
    /// <summary>The most bytes of UTF-8 that a value may have: https://docs.github.com/actions/reference/security/secrets</summary>
    public const int MaximumBytes = 48 * 1024;

    /// <summary>The repository as <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The name, in capitals, as GitHub keeps it.</summary>
    public required string Name { get; init; }

    /// <summary>The deployment environment that it is for; null when it is for the whole repository.</summary>
    public string? Environment { get; init; }

    /// <summary>Changed: the secret was written, and GitHub does not show whether it was there before.</summary>
    public ChangeStatus Status { get; init; } = ChangeStatus.Changed;

    /// <summary>Checks a name by GitHub's rules, and puts it in capitals.</summary>
    /// <param name="name">For example <c>AWS_ACCOUNT</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidSecretName</c>: says which rule is broken.</exception>
    public static string CheckName(string name) => name switch
    {
        "" => throw Wrong(name, "it is empty"),
        [>= '0' and <= '9', ..] => throw Wrong(name, "it begins with a digit"),
        _ when !Characters().IsMatch(name) => throw Wrong(name, "it contains characters other than letters, digits and '_'"),
        _ when name.StartsWith("GITHUB_", StringComparison.OrdinalIgnoreCase) => throw Wrong(name, "GITHUB_ is reserved for GitHub's own"),
        _ => name.ToUpperInvariant(),
    };

    /// <summary>The secrets that a workflow reads, in the order of their names; without GitHub's own token.</summary>
    /// <param name="workflow">The text of the workflow, or of a part of it.</param>
    public static IReadOnlyList<string> NamesIn(string workflow) =>
        [.. Use().Matches(workflow).Select(m => m.Groups[1].Value.ToUpperInvariant()).Where(n => n != "GITHUB_TOKEN").Distinct()
            .Order(StringComparer.Ordinal)];

    private static PizzaException Wrong(string name, string problem) => new("InvalidSecretName", PizzaErrorKind.InvalidArgument,
        $"'{name}' is not a valid secret name: {problem}. Take letters, digits and '_', not beginning with a digit or GITHUB_, for " +
        "example DB_PASSWORD.", name);

    [GeneratedRegex(@"\bsecrets\.([A-Za-z_]\w*)", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Use();

    [GeneratedRegex(@"\A[A-Za-z0-9_]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Characters();
}
