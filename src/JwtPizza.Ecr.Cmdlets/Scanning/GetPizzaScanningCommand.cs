using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Cmdlets.Scanning;

/// <summary>Gets how your Amazon ECR registry scans images for known vulnerabilities.</summary>
/// <remarks>
/// <para>The settings apply to the registry of your account in a region. With basic scanning, a repository's own setting (ScanOnPush of
/// Get-PizzaRepository) still applies if no rule of the registry matches the repository.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaScanning | Select-Object -ExpandProperty Rules</code>
/// Shows which repositories are scanned, and when.
/// </example>
/// <example>
/// <code>'us-east-1', 'eu-central-1' | ForEach-Object { Get-PizzaScanning -Region $_ }</code>
/// Gets the settings of two regions.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaScanning")]
[OutputType(typeof(RegistryScanning))]
public sealed class GetPizzaScanningCommand : AwsCmdlet
{
    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        StartAsync<GetPizzaScanningCommand>((self, token) => self.WriteAsync(token), target: null, cancellationToken);

    private async Task WriteAsync(CancellationToken cancellationToken) =>
        WriteObject(await new RegistryScanningService(Aws.Ecr, Aws.Region).GetAsync(cancellationToken));
}
