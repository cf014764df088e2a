using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>What the tokens of a subject's runs carry besides, as far as the subject tells.
/// https://docs.github.com/en/actions/reference/security/oidc</summary>
internal static partial class SubjectClaims
{
    /// <summary>The claims whose value is certain.</summary>
    public static IEnumerable<(string Claim, string Value)> Known(GitHubSubject subject)
    {
        if (subject.Repository is { } repository)
        {
            yield return ("repository", repository.ToString());
            yield return ("repository_owner", repository.Owner);
            if (repository.OwnerId is { } owner) yield return ("repository_owner_id", $"{owner}");
            if (repository.RepositoryId is { } id) yield return ("repository_id", $"{id}");
        }
        else if (OwnerOfMany().Match(subject.Text) is { Success: true } many) yield return ("repository_owner", many.Groups["owner"].Value);
        if (subject.Scope is not { Value: { } value, Kind: var kind } || IamPattern.IsPattern(value)) yield break;
        if (kind == SubjectKind.Branch) yield return ("ref", "refs/heads/" + value);
        if (kind == SubjectKind.GitTag) yield return ("ref", "refs/tags/" + value);
        if (kind == SubjectKind.Environment) yield return ("environment", value);
    }

    /// <summary>Whether a condition on another claim holds for the subject's runs; null where the subject does not tell.</summary>
    public static bool? Satisfy(TrustCondition condition, GitHubProvider provider, GitHubSubject subject)
    {
        string key = condition.Key.Name ?? "";
        if (!key.StartsWith($"{provider.Host}:", StringComparison.OrdinalIgnoreCase)) return null;
        string claim = key[(provider.Host.Length + 1)..];
        RequestContext context = new();
        (_, string? value) = Known(subject).FirstOrDefault(k => k.Claim.Equals(claim, StringComparison.OrdinalIgnoreCase));
        if (value is not null) context.With(key, value);
        else if (!IsAbsent(claim, subject)) return null;
        return new PolicyCondition(condition.Operator.Name, key, [.. condition.Values]).Holds(context);
    }

    /// <summary>A job that names an environment has it in its subject.</summary>
    private static bool IsAbsent(string claim, GitHubSubject subject) =>
        claim.Equals("environment", StringComparison.OrdinalIgnoreCase)
            && subject.Kind is SubjectKind.Branch or SubjectKind.GitTag or SubjectKind.PullRequest;

    [GeneratedRegex(@"\Arepo:(?<owner>[^:/*?@]+)(?:@\d+)?/", RegexOptions.CultureInvariant)]
    private static partial Regex OwnerOfMany();
}
