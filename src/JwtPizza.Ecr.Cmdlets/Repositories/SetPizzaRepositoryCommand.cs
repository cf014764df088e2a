using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Changes settings of repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>The cmdlet changes only the settings that you specify, and only where they differ. Running the same command again changes nothing.
/// The output is the repository in its new state.</para>
/// <para>The encryption of images is fixed when a repository is created. You can also set scanning for all repositories of the registry at
/// once, which is what AWS recommends now. See Set-PizzaScanning.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaRepository jwt-pizza-service -ImageTagMutability IMMUTABLE -MutabilityExclusion latest</code>
/// Makes every tag except 'latest' immutable, so that it cannot be moved to another image.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Where-Object { -not $_.ScanOnPush } | Set-PizzaRepository -ScanOnPush -Tag @{ team = 'a' }</code>
/// Turns on scan on push for all repositories of a team that lack it, and tags them.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaRepository", SupportsShouldProcess = true)]
[OutputType(typeof(Repository))]
public sealed class SetPizzaRepositoryCommand : RepositorySettingsCmdlet
{
    /// <summary>Specifies the account that owns the registry, by its 12 digits. The default is your own account.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RepositorySettings settings = Named().Checked();
        if (settings == new RepositorySettings())
            throw new PizzaException("NoRepositorySetting", PizzaErrorKind.InvalidArgument,
                "No change is specified. Specify -ScanOnPush, -ImageTagMutability (with -MutabilityExclusion) or -Tag.");
        foreach (string name in RepositoryName)
        {
            await StartAsync<SetPizzaRepositoryCommand>(
                (self, token) => self.SetAsync(self.PlaceOf(name, self.RegistryId, self.Public), settings, token), name, cancellationToken);
        }
    }

    private async Task SetAsync(RepositoryReference place, RepositorySettings settings, CancellationToken cancellationToken)
    {
        RepositoryName name = Ecr.RepositoryName.Parse(place.Name);
        AwsSession aws = SessionFor(OptionsFor(place.Region));
        RepositoryService repositories = new(aws.Ecr.For(place.RegistryId));
        RepositoryAlignment alignment = await repositories.PlanAsync(name, settings, cancellationToken);
        string changes = string.Join(", ", alignment.Changes);
        if (changes.Length == 0) WriteVerbose($"{name}: the repository already has these settings; nothing changed.");
        else if (!ShouldProcess($"{name} in {aws.Region}", $"Set {changes}")) return;
        WriteObject(await repositories.AlignAsync(alignment, cancellationToken));
        if (changes.Length > 0) WriteVerbose($"{name}: {changes}");
    }
}
