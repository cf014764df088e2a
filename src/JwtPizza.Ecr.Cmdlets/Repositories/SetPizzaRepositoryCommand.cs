using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Changes settings of repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>Only the settings that you name are changed, and only where they differ; running the same line twice changes nothing the second
/// time. The repository is passed on as it is afterwards.</para>
/// <para>How images are encrypted is fixed when a repository is created. Scanning can also be set for all repositories of the registry at
/// once, which is what AWS recommends now; see Set-PizzaScanning.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaRepository jwt-pizza-service -ImageTagMutability IMMUTABLE -MutabilityExclusion latest</code>
/// From now on no tag but 'latest' can be moved to another image.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Where-Object { -not $_.ScanOnPush } | Set-PizzaRepository -ScanOnPush -Tag @{ team = 'a' }</code>
/// Brings all repositories of a team into line.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaRepository", SupportsShouldProcess = true)]
[OutputType(typeof(Repository))]
public sealed class SetPizzaRepositoryCommand : RepositorySettingsCmdlet
{
    /// <summary>The 12 digits of the account that owns the registry. Default: the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RepositorySettings settings = Named().Checked();
        if (settings == new RepositorySettings())
            throw new PizzaException("NoRepositorySetting", PizzaErrorKind.InvalidArgument,
                "Say what to change: -ScanOnPush, -ImageTagMutability (with -MutabilityExclusion) or -Tag.");
        foreach (string name in RepositoryName)
        {
            await StartAsync<SetPizzaRepositoryCommand>(
                (self, token) => self.SetAsync(self.PlaceOf(name, self.RegistryId, self.Public), settings, token), name, cancellationToken);
        }
    }

    private async Task SetAsync(RepositoryReference place, RepositorySettings settings, CancellationToken cancellationToken)
    {
        RepositoryName name = Ecr.RepositoryName.Parse(place.Name);
        AwsSession aws = SessionFor(Typed(place.Region));
        RepositoryService repositories = new(aws.Ecr.For(place.RegistryId));
        RepositoryAlignment alignment = await repositories.PlanAsync(name, settings, cancellationToken);
        string changes = string.Join(", ", alignment.Changes);
        if (changes.Length == 0) WriteVerbose($"{name}: the settings are like this already; nothing changed.");
        else if (!ShouldProcess($"{name} in {aws.Region}", $"Set {changes}")) return;
        WriteObject(await repositories.AlignAsync(alignment, cancellationToken));
        if (changes.Length > 0) WriteVerbose($"{name}: {changes}");
    }
}
