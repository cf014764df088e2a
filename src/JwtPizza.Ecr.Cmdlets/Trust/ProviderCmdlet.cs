using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Base of the cmdlets about GitHub's identity provider in an account.</summary>
public abstract class ProviderCmdlet : AwsCmdlet
{
    /// <summary>The issuer of the tokens. Default: https://token.actions.githubusercontent.com. An enterprise with an issuer of its own has
    /// '/SLUG' behind it; on GHE.com it is https://token.actions.NAME.ghe.com.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Url { get; set; }

    /// <summary>The provider of this account that <see cref="Url"/> names.</summary>
    private protected async Task<GitHubProvider> ProviderAsync(CancellationToken cancellationToken) =>
        GitHubProvider.ForUrl(Url, Aws.Partition, await Aws.GetAccountAsync(cancellationToken));
}
