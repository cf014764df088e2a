using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Removes GitHub's OpenID Connect provider from the AWS account.</summary>
/// <remarks>
/// <para>Without the provider, no workflow can assume a role of the account. The cmdlet therefore does nothing while a role still trusts
/// the provider, and the error names the roles. Remove those roles first (Remove-PizzaCiRole), or add -IgnoreTrust.</para>
/// <para>IAM itself does not check for such roles. A role that trusts a deleted provider becomes usable again as soon as the provider is
/// registered again.</para>
/// </remarks>
/// <example>
/// <code>Unregister-PizzaOidcProvider</code>
/// Removes the provider after confirmation, unless a role trusts it.
/// </example>
/// <example>
/// <code>Unregister-PizzaOidcProvider -IgnoreTrust -WhatIf</code>
/// Shows which roles their workflows could no longer assume.
/// </example>
[Cmdlet(VerbsLifecycle.Unregister, "PizzaOidcProvider", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RegisteredProvider))]
public sealed class UnregisterPizzaOidcProviderCommand : AwsCmdlet
{
    /// <summary>Specifies the ARN of the provider, instead of -Url.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Arn", "OpenIDConnectProviderArn")]
    public string? ProviderArn { get; set; }

    /// <summary>Indicates that the cmdlet removes the provider even if roles trust it.</summary>
    [Parameter]
    public SwitchParameter IgnoreTrust { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Specifies the URL of the issuer of the tokens. The default is https://token.actions.githubusercontent.com. An enterprise
    /// with its own issuer appends '/SLUG'. The URL is https://token.actions.NAME.ghe.com on GHE.com, and https://HOST/_services/token on
    /// GitHub Enterprise Server.</summary>
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
        string what = $"Remove the identity provider {provider.Arn} from the account{trusting}";
        if (Confirm(Force, what, $"{what}?", "Identity provider"))
            WriteObject(await providers.UnregisterAsync(provider, audiences, cancellationToken));
    }

    private async Task<string> TrustingAsync(ProviderService providers, GitHubProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> roles = await providers.TrustingRolesAsync(provider, cancellationToken);
            if (roles is []) return "";
            if (IgnoreTrust) return $", although these roles trust it: {string.Join(", ", roles)}";
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
