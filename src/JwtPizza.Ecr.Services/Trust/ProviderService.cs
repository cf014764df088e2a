using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>What registering a provider comes to; nothing is sent yet.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Present">The audiences that it has; null when it is not registered.</param>
/// <param name="Missing">The audiences to add.</param>
internal sealed record ProviderPlan(GitHubProvider Provider, IReadOnlyList<string>? Present, IReadOnlyList<string> Missing)
{
    /// <summary>Whether there is anything to do.</summary>
    public bool IsChange => Present is null || Missing.Count > 0;

    /// <summary>The change for a reader's eye.</summary>
    public string Description => Present is null
        ? $"Register the identity provider {Provider.Url} with the audience {string.Join(", ", Missing)}"
        : $"Add the audience {string.Join(", ", Missing)} to the identity provider {Provider.Arn}";

    /// <summary>The provider as it is when the plan was carried out.</summary>
    public RegisteredProvider Record => new()
    {
        ProviderArn = Provider.Arn, Url = Provider.Url, Audiences = [.. Present ?? [], .. Missing],
        Status = Present is null ? ChangeStatus.Created : IsChange ? ChangeStatus.Changed : ChangeStatus.Unchanged,
    };
}

/// <summary>GitHub's identity provider in an account. It is one for all repositories; which of them a role trusts is said by the
/// role.</summary>
/// <param name="iam">IAM.</param>
internal sealed class ProviderService(IamClient iam)
{
    /// <summary>Works out what registering comes to.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="audiences">Whom the tokens may be for; each 1 to 255 characters.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<ProviderPlan> PlanAsync(GitHubProvider provider, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        if (audiences.FirstOrDefault(a => a.Length is 0 or > 255) is { } bad)
            throw new PizzaException("InvalidAudience", PizzaErrorKind.InvalidArgument,
                $"'{bad}' cannot be an audience: it has 1 to 255 characters. AWS's own is '{provider.Audience}'.", bad);
        IReadOnlyList<string>? present = await AudiencesAsync(provider, cancellationToken).ConfigureAwait(false);
        return new(provider, present, [.. audiences.Distinct(StringComparer.Ordinal).Except(present ?? [], StringComparer.Ordinal)]);
    }

    /// <summary>Carries a plan out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<RegisteredProvider> ApplyAsync(ProviderPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Present is null)
        {
            try
            {
                await iam.CreateOpenIDConnectProviderAsync(plan.Provider.Arn, plan.Provider.Url, plan.Missing, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (PizzaException e) when (e.ErrorId == "EntityAlreadyExists")   // somebody else was quicker; IAM may show it only later
            {
                IReadOnlyList<string> present =
                    await ConsistencyRetry.Usual.RunAsync(
                        () => iam.GetOpenIDConnectProviderAudiencesAsync(plan.Provider.Arn, cancellationToken),
                    refusal => refusal.ErrorId == "NoSuchEntity", cancellationToken).ConfigureAwait(false);
                return await ApplyAsync(new(plan.Provider, present, [.. plan.Missing.Except(present, StringComparer.Ordinal)]),
                    cancellationToken).ConfigureAwait(false);
            }
            return plan.Record;
        }
        foreach (string audience in plan.Missing)
            await iam.AddClientIDToOpenIDConnectProviderAsync(plan.Provider.Arn, audience, cancellationToken).ConfigureAwait(false);
        return plan.Record;
    }

    /// <summary>The audiences of a provider; null when it is not registered.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<string>?> AudiencesAsync(GitHubProvider provider, CancellationToken cancellationToken)
    {
        try { return await iam.GetOpenIDConnectProviderAudiencesAsync(provider.Arn, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return null; }
    }

    /// <summary>The account's providers, GitHub's and others.</summary>
    /// <param name="fits">Which, by URL.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async IAsyncEnumerable<RegisteredProvider> FindAsync(
        Func<string, bool> fits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string arn in await iam.ListOpenIDConnectProvidersAsync(cancellationToken).ConfigureAwait(false))
        {
            string url = $"https://{Arn.Parse(arn).ResourceId}";
            if (!fits(url)) continue;
            yield return new()
            {
                ProviderArn = arn, Url = url, Status = null,
                Audiences = [.. await iam.GetOpenIDConnectProviderAudiencesAsync(arn, cancellationToken).ConfigureAwait(false)],
            };
        }
    }

    /// <summary>The names of the roles whose trust policies name a provider.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async Task<IReadOnlyList<string>> TrustingRolesAsync(GitHubProvider provider, CancellationToken cancellationToken)
    {
        List<string> roles = [];
        await foreach (IamRole role in iam.ListRolesAsync(cancellationToken).ConfigureAwait(false))
            if (role.AssumeRolePolicyDocument.Replace(@"\/", "/", StringComparison.Ordinal)
                .Contains($"\"{provider.Arn}\"", StringComparison.Ordinal))
                roles.Add(role.RoleName);
        return roles;
    }

    /// <summary>Takes a provider out of the account.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="audiences">What it had, for the record.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<RegisteredProvider> UnregisterAsync(
        GitHubProvider provider, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        await iam.DeleteOpenIDConnectProviderAsync(provider.Arn, cancellationToken).ConfigureAwait(false);
        return new() { ProviderArn = provider.Arn, Url = provider.Url, Audiences = [.. audiences], Status = ChangeStatus.Removed };
    }
}
