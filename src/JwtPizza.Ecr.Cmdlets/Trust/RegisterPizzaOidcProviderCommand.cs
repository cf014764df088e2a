using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Registers GitHub's OpenID Connect provider in the AWS account, so that roles can trust workflows.</summary>
/// <remarks>
/// <para>An account needs the provider only once, for all repositories and roles. New-PizzaCiRole registers it automatically. No thumbprint
/// is needed, because AWS trusts GitHub's certificate by its issuer.</para>
/// <para>An existing provider remains. The cmdlet adds a missing audience, and does not change other audiences.</para>
/// </remarks>
/// <example>
/// <code>Register-PizzaOidcProvider</code>
/// Registers GitHub's provider for the audience sts.amazonaws.com, which aws-actions/configure-aws-credentials and Connect-PizzaAws
/// request.
/// </example>
/// <example>
/// <code>Register-PizzaOidcProvider https://token.actions.githubusercontent.com/my-enterprise -WhatIf</code>
/// Shows what would be registered for an enterprise that has its own issuer.
/// </example>
[Cmdlet(VerbsLifecycle.Register, "PizzaOidcProvider", SupportsShouldProcess = true)]
[OutputType(typeof(RegisteredProvider))]
public sealed class RegisterPizzaOidcProviderCommand : AwsCmdlet
{
    /// <summary>Specifies the allowed audiences of the tokens. The default is sts.amazonaws.com, or sts.amazonaws.com.cn in the China
    /// Regions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Audiences", "ClientIDList")]
    public string[] Audience { get; set; } = [];

    /// <summary>Specifies the URL of the issuer of the tokens. The default is https://token.actions.githubusercontent.com. An enterprise
    /// with its own issuer appends '/SLUG'. The URL is https://token.actions.NAME.ghe.com on GHE.com, and https://HOST/_services/token on
    /// GitHub Enterprise Server.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Url { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ProviderService providers = new(Aws.Iam);
        GitHubProvider provider = GitHubProvider.ForUrl(Url, Aws.Partition, await Aws.GetAccountAsync(cancellationToken));
        ProviderPlan plan = await providers.PlanAsync(provider, Audience is [] ? [provider.Audience] : Audience, cancellationToken);
        if (!plan.IsChange) WriteVerbose($"{provider.Arn} is already registered with the audience {string.Join(", ", plan.Present!)}.");
        else if (!ShouldProcess(plan.Description, $"{plan.Description}?", "Identity provider")) return;
        WriteObject(plan.IsChange ? await providers.ApplyAsync(plan, cancellationToken) : plan.Record);
    }
}
