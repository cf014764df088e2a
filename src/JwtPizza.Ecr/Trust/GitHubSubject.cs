using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>The <c>sub</c> of a GitHub Actions token, or a pattern of such, and what it means.</summary>
public sealed partial record GitHubSubject
{
    private GitHubSubject(string text) => Text = text;

    /// <summary>The subject as it stands in the trust policy.</summary>
    public string Text { get; }

    /// <summary>The repository, when the subject names just one.</summary>
    public GitHubRepository? Repository { get; private init; }

    /// <summary>Which runs; null when the subject has a shape of its own.</summary>
    public SubjectScope? Scope { get; private init; }

    /// <summary>Which runs, as one word.</summary>
    public SubjectKind Kind => Scope?.Kind ?? SubjectKind.Custom;

    /// <summary>How the subject names the repository.</summary>
    public SubjectForm Form => Read(Text).Repository is { HasIds: true } ? SubjectForm.Immutable : SubjectForm.Name;

    /// <summary>Whether the subject is a pattern, which only <c>StringLike</c> understands.</summary>
    public bool IsPattern => IamPattern.IsPattern(Text);

    /// <summary>The subject that GitHub emits.</summary>
    /// <param name="repository">Whose workflows.</param>
    /// <param name="scope">Which runs.</param>
    /// <param name="immutable">With the numbers of owner and repository, which must be known.</param>
    /// <exception cref="PizzaException"><c>InvalidTrustSubject</c>.</exception>
    public static GitHubSubject For(GitHubRepository repository, SubjectScope scope, bool immutable)
    {
        string name = immutable
            ? $"{repository.Owner}@{repository.OwnerId}/{repository.Name}@{repository.RepositoryId}" : $"{repository}";
        // the numbers of the repository are claims of the token, also where they are not in the subject
        return Parse($"repo:{name}:{scope}") with { Repository = repository };
    }

    /// <summary>Checks a subject that a user typed.</summary>
    /// <param name="text">For example <c>repo:my-account/jwt-pizza-service:ref:refs/heads/main</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidTrustSubject</c>: it would let strangers in, or IAM cannot store it.</exception>
    public static GitHubSubject Parse(string text) => Problem(text) is not { } problem
        ? Read(text)
        : throw ErrorCatalog.InvalidTrustSubject(text,
            $"The trust subject '{text}' is refused: {problem}. A subject looks like 'repo:OWNER/NAME:ref:refs/heads/main' or " +
            "'repo:OWNER@ID/NAME@ID:environment:production'.");

    /// <summary>What a subject that stands in a policy means; never complains.</summary>
    internal static GitHubSubject Read(string text)
    {
        Match match = RepositorySubject().Match(text);
        if (!match.Success) return new(text);
        try
        {
            return new(text)
            {
                Repository = GitHubRepository.Parse(match.Groups["repository"].Value),
                Scope = SubjectScope.Read(match.Groups["scope"].Value),
            };
        }
        catch (PizzaException) { return new(text); }   // a pattern over repositories
    }

    /// <summary>Which strangers a pattern lets in, in words; null when it names whose repositories it means.</summary>
    internal static string? Strangers(string text) =>
        WildId().IsMatch(text) ? "anyone who takes the name, because the number is open"
        : OpenOwner().IsMatch(text) ? "repositories of any owner at GitHub"
        : null;

    private static string? Problem(string text) => text switch
    {
        "" => "it is empty",
        _ when text.FirstOrDefault(c => c is < ' ' or > '\u00ff') is var c and not '\0' => $"IAM cannot store the character U+{(int)c:X4}",
        _ when text.Contains("${", StringComparison.Ordinal) => "IAM reads '${' as a policy variable",
        _ when text.Trim() != text => "it begins or ends with a space",
        _ when WildId().IsMatch(text) =>
            "a '*' or '?' in the number of an owner or repository allows everyone who takes the name; give the number, or leave '@' out",
        _ when OpenOwner().IsMatch(text) =>
            "the pattern leaves the owner open, so repositories of strangers would match; write the owner in full, followed by '/'",
        _ => null,
    };

    [GeneratedRegex(@"\Arepo:(?<repository>[^:/]+/[^:/]+):(?<scope>.+)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex RepositorySubject();

    // An id of '*' widens to every repository of that name: https://github.com/towardsthecloud/aws-cdk-starter-kit/pull/87
    [GeneratedRegex(@"\Arepo:[^:]*@[^/:]*[*?]", RegexOptions.CultureInvariant)]
    private static partial Regex WildId();

    [GeneratedRegex(@"\A(?:[^:]*[*?]|[^:]+:[^/:]*[*?]|repo:[^/]*[*?])", RegexOptions.CultureInvariant)]
    private static partial Regex OpenOwner();
}
