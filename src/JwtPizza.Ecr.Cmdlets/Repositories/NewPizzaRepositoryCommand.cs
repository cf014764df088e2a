using System.Management.Automation;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Creates repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>Names are checked against ECR's rule before anything is sent. Images are scanned when they are pushed, unless you say -ScanOnPush:$false.</para>
/// <para>With -Force a repository that exists already is no error: it is returned, and the settings that you name are brought into line. Running the same line twice changes nothing the second time.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10</code>
/// A repository that cleans itself; the line can be run again.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-a/worker' | New-PizzaRepository -ImageTagMutability IMMUTABLE -MutabilityExclusion latest -Tag @{ team = 'a' }</code>
/// Two repositories in which no tag but 'latest' can be moved to another image.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaRepository", SupportsShouldProcess = true)]
[OutputType(typeof(Repository))]
public sealed class NewPizzaRepositoryCommand : RepositorySettingsCmdlet
{
    /// <summary>AES256 (ECR's default), KMS, or KMS_DSSE. Cannot be changed later.</summary>
    [Parameter]
    [ValidateSet("AES256", "KMS", "KMS_DSSE")]
    public string? EncryptionType { get; set; }

    /// <summary>Id, ARN or alias of a KMS key in the same region; implies -EncryptionType KMS. Default with KMS: the account's own key for ECR.</summary>
    [Parameter]
    public string? KmsKey { get; set; }

    /// <summary>Take a repository that exists already, and bring the settings that you name into line.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RepositorySettings settings = Settings().Checked();
        foreach (string name in RepositoryName)
            await TryAsync(() => MakeAsync(Ecr.RepositoryName.Parse(name), settings, cancellationToken), name);
    }

    private async Task MakeAsync(RepositoryName name, RepositorySettings settings, CancellationToken cancellationToken)
    {
        if (!ShouldProcess($"{name} in {Aws.Region}", Force ? "Create repository, or bring it into line" : "Create repository")) return;
        RepositoryService repositories = new(Aws.Ecr);
        if (!Force)
        {
            WriteObject(await repositories.CreateAsync(name, settings, cancellationToken));
            return;
        }
        (Repository repository, IReadOnlyList<string> changes) = await repositories.EnsureAsync(name, settings, cancellationToken);
        WriteVerbose($"{name}: {(changes.Count == 0 ? "exists already; nothing changed" : string.Join(", ", changes))}");
        WriteObject(repository);
    }

    private RepositorySettings Settings() => Named() with { EncryptionType = EncryptionType?.ToUpperInvariant(), KmsKey = KmsKey };
}
