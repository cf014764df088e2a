using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Gets the OpenID Connect providers of the AWS account.</summary>
/// <remarks>
/// <para>The output is one record for each provider, GitHub's and others, with its audiences. Without GitHub's provider, no workflow can
/// assume a role. Register-PizzaOidcProvider registers it.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaOidcProvider</code>
/// Lists the providers of the account.
/// </example>
/// <example>
/// <code>Get-PizzaOidcProvider *githubusercontent* | Unregister-PizzaOidcProvider -IgnoreTrust -WhatIf</code>
/// Shows which roles workflows could no longer assume without the provider.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaOidcProvider")]
[OutputType(typeof(RegisteredProvider))]
public sealed class GetPizzaOidcProviderCommand : AwsCmdlet
{
    private const string Scheme = "https://";

    /// <summary>Specifies the providers, by the URL of their tokens' issuer or by patterns with wildcards. The URL can omit 'https://'. The
    /// default is all. A URL without wildcards that is not registered is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    public string[] Url { get; set; } = ["*"];

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string url in Url)
            await StartAsync<GetPizzaOidcProviderCommand>((self, token) => self.WriteAsync(url, token), url, cancellationToken);
    }

    private async Task WriteAsync(string url, CancellationToken cancellationToken)
    {
        bool isPattern = WildcardPattern.ContainsWildcardCharacters(url), isFound = false;
        Func<string, bool> fits = isPattern ? NamePattern.Of(url) : text => text.Equals(url, StringComparison.OrdinalIgnoreCase);
        await foreach (RegisteredProvider provider in new ProviderService(Aws.Iam).FindAsync(
            found => fits(found) || fits(found[Scheme.Length..]), cancellationToken))
        {
            isFound = true;
            WriteObject(provider);
        }
        if (!isFound && !isPattern) throw ErrorCatalog.ProviderNotFound(url);
    }
}
