using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Makes GitHub's OpenID Connect provider known to the AWS account, so that roles can trust workflows.</summary>
/// <remarks>
/// <para>An account needs it once, for all repositories and roles; New-PizzaCiRole does it by itself. No thumbprint is needed: AWS trusts
/// GitHub's certificate by its issuer.</para>
/// <para>A provider that is there stays as it is. An audience that it lacks is added, and others are left alone.</para>
/// </remarks>
/// <example>
/// <code>Register-PizzaOidcProvider</code>
/// GitHub's provider for the audience sts.amazonaws.com, which aws-actions/configure-aws-credentials and Connect-PizzaAws ask for.
/// </example>
/// <example>
/// <code>Register-PizzaOidcProvider https://token.actions.githubusercontent.com/my-enterprise -WhatIf</code>
/// Shows what would be registered for an enterprise that has an issuer of its own.
/// </example>
[Cmdlet(VerbsLifecycle.Register, "PizzaOidcProvider", SupportsShouldProcess = true)]
[OutputType(typeof(RegisteredProvider))]
public sealed class RegisterPizzaOidcProviderCommand : AwsCmdlet
{
    /// <summary>Whom the tokens may be for. Default: sts.amazonaws.com (in China sts.amazonaws.com.cn).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Audiences", "ClientIDList")]
    public string[] Audience { get; set; } = [];

    /// <summary>The issuer of the tokens. Default: https://token.actions.githubusercontent.com. An enterprise with an issuer of its own has
    /// '/SLUG' behind it; on GHE.com it is https://token.actions.NAME.ghe.com, on GitHub Enterprise Server
    /// https://HOST/_services/token.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Url { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ProviderService providers = new(Aws.Iam);
        GitHubProvider provider = GitHubProvider.ForUrl(Url, Aws.Partition, await Aws.GetAccountAsync(cancellationToken));
        ProviderPlan plan = await providers.PlanAsync(provider, Audience is [] ? [provider.Audience] : Audience, cancellationToken);
        if (!plan.IsChange) WriteVerbose($"{provider.Arn} is registered already, with the audience {string.Join(", ", plan.Present!)}.");
        else if (!ShouldProcess(plan.Description, $"{plan.Description}?", "Identity provider")) return;
        WriteObject(plan.IsChange ? await providers.ApplyAsync(plan, cancellationToken) : plan.Record);
    }
}
