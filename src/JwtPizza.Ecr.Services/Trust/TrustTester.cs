using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Tells beforehand, or after a refusal, what STS says to a token: by the role's trust policy, and by the account's
/// provider.</summary>
/// <param name="iam">IAM.</param>
/// <param name="time">What conditions on the time look at.</param>
internal sealed class TrustTester(IamClient iam, TimeProvider time)
{
    private readonly Dictionary<string, TrustPolicy> _policies = [];
    private readonly Dictionary<GitHubProvider, IReadOnlyList<string>?> _audiences = [];

    /// <summary>Whether a trust policy and a provider are read once, however many tokens are judged.</summary>
    public bool KeepsWhatItReads { get; init; }

    /// <summary>Judges a token.</summary>
    /// <param name="roleName">The role.</param>
    /// <param name="token">What the token says.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>NoSuchEntity</c>, <c>NotAGitHubProvider</c>, <c>InvalidTrustPolicy</c> …</exception>
    public async Task<TrustVerdict> TestAsync(string roleName, GitHubToken token, CancellationToken cancellationToken)
    {
        TrustPolicy policy = await OnceAsync(_policies, roleName, () => new TrustService(iam).ReadAsync(roleName, cancellationToken))
            .ConfigureAwait(false);
        TrustVerdict verdict = policy.Judge(token, time.GetUtcNow());
        Arn role = Arn.Parse(policy.RoleArn);
        GitHubProvider provider = GitHubProvider.ForUrl(token.Issuer, role.Partition, role.AccountId);
        try
        {
            return await ObjectionAsync(provider, token, cancellationToken).ConfigureAwait(false) is { } objection
                ? verdict with { Allowed = false, Reasons = [objection, .. verdict.Reasons] }
                : verdict;
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            return verdict
                with { Warnings = [.. verdict.Warnings, $"It could not be read whether the account has the identity provider " +
                    $"{provider.Url}, without which no run can assume the role: {e.Message}"] };
        }
    }

    /// <summary>The audiences of a provider; null when it is not registered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<IReadOnlyList<string>?> AudiencesAsync(GitHubProvider provider, CancellationToken cancellationToken) =>
        OnceAsync(_audiences, provider, () => new ProviderService(iam).AudiencesAsync(provider, cancellationToken));

    private async Task<T> OnceAsync<TKey, T>(Dictionary<TKey, T> known, TKey key, Func<Task<T>> read)
        where TKey : notnull =>
        KeepsWhatItReads && known.TryGetValue(key, out T? value) ? value : known[key] = await read().ConfigureAwait(false);

    /// <summary>STS takes only tokens of a provider that is registered, for an audience that it has.</summary>
    private async Task<string?> ObjectionAsync(GitHubProvider provider, GitHubToken token, CancellationToken cancellationToken)
    {
        Advice register = Advice.Run("Register-PizzaOidcProvider").With("-Url", provider.IsPublic ? null : provider.Url);
        return await AudiencesAsync(provider, cancellationToken).ConfigureAwait(false) switch
        {
            null => $"the account has no identity provider {provider.Url}; {register} registers it",
            var there when !token.Audiences.Any(there.Contains) =>
                $"the identity provider {provider.Url} has the audience {string.Join(", ", there)}, and the token is for " +
                $"{string.Join(", ", token.Audiences)}; {register.With("-Audience", token.Audiences)} adds it",
            _ => null,
        };
    }
}
