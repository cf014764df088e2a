using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Takes GitHub's OpenID Connect provider out of the AWS account.</summary>
/// <remarks>
/// <para>Without it no workflow can assume a role of the account any more. So nothing is done while a role still trusts it; the error names
/// the roles. Remove those first (Remove-PizzaCiRole), or add -IgnoreTrust.</para>
/// <para>IAM itself asks nobody, and a role that trusts a provider that is gone can be used again as soon as the provider is registered
/// anew.</para>
/// </remarks>
/// <example>
/// <code>Unregister-PizzaOidcProvider</code>
/// Asks first; refuses while a role trusts it.
/// </example>
/// <example>
/// <code>Unregister-PizzaOidcProvider -IgnoreTrust -WhatIf</code>
/// Shows which roles would lose their workflows.
/// </example>
[Cmdlet(VerbsLifecycle.Unregister, "PizzaOidcProvider", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RegisteredProvider))]
public sealed class UnregisterPizzaOidcProviderCommand : AwsCmdlet
{
    /// <summary>The provider's ARN; instead of -Url.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Arn", "OpenIDConnectProviderArn")]
    public string? ProviderArn { get; set; }

    /// <summary>Also when roles trust it.</summary>
    [Parameter]
    public SwitchParameter IgnoreTrust { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The issuer of the tokens. Default: https://token.actions.githubusercontent.com. An enterprise with an issuer of its own has
    /// '/SLUG' behind it; on GHE.com it is https://token.actions.NAME.ghe.com, on GitHub Enterprise Server
    /// https://HOST/_services/token.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Url { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ProviderService providers = new(Aws.Iam);
        GitHubProvider provider = ProviderArn is null
            ? GitHubProvider.ForUrl(Url, Aws.Partition, await Aws.GetAccountAsync(cancellationToken)) : GitHubProvider.Parse(ProviderArn);
        if (await providers.AudiencesAsync(provider, cancellationToken) is not { } audiences)
        {
            WriteWarning($"The account has no identity provider {provider.Arn}; nothing was changed.");
            return;
        }
        string trusting = await TrustingAsync(providers, provider, cancellationToken);
        string what = $"Take the identity provider {provider.Arn} out of the account{trusting}";
        if (Confirm(Force, what, $"{what}?", "Identity provider"))
            WriteObject(await providers.UnregisterAsync(provider, audiences, cancellationToken));
    }

    private async Task<string> TrustingAsync(ProviderService providers, GitHubProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> roles = await providers.TrustingRolesAsync(provider, cancellationToken);
            if (roles is []) return "";
            if (IgnoreTrust) return $", though these roles trust it: {string.Join(", ", roles)}";
            throw new PizzaException("ProviderInUse", PizzaErrorKind.InvalidOperation,
                $"The identity provider {provider.Arn} is trusted by the {(roles.Count == 1 ? "role" : "roles")} " +
                $"{string.Join(", ", roles)}, whose workflows would fail. Remove them first (Remove-PizzaCiRole), or add -IgnoreTrust. " +
                "Nothing was changed.", provider.Arn);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied && IgnoreTrust)
        {
            return $" (which roles trust it is not known: {e.Message})";
        }
    }
}
