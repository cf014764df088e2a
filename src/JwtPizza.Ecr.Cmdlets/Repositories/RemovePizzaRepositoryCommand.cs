using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Deletes repositories from Amazon ECR.</summary>
/// <remarks>
/// <para>You specify each repository by its exact name. For several, pipe the output of Get-PizzaRepository. A repository that still
/// contains images is deleted only with -IncludeImages, and its images cannot be restored. The lifecycle policy, the repository policy, and
/// the tags of the repository are deleted with it.</para>
/// <para>The cmdlet prompts for confirmation for each repository. -Force suppresses this prompt, and changes nothing else. The output is
/// the repository as it was, with the Status Removed. The permissions that roles have on the repository remain in their policies. To remove
/// them, use Revoke-PizzaCiPolicy.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaRepository old-service</code>
/// Deletes an empty repository, after confirmation.
/// </example>
/// <example>
/// <code>Get-PizzaRepository pr-*/* | Where-Object CreatedAt -lt (Get-Date).AddDays(-30) | Remove-PizzaRepository -IncludeImages -Force</code>
/// Deletes the repositories of old previews together with their images, without confirmation.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Remove-PizzaRepository -IncludeImages -WhatIf</code>
/// Shows what would be deleted.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaRepository", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Repository))]
public sealed class RemovePizzaRepositoryCommand : RepositoryCmdlet
{
    /// <summary>Indicates that the cmdlet deletes the images with the repository. Without this parameter, a repository that contains images
    /// is not deleted, and the cmdlet returns the error RepositoryNotEmptyException.</summary>
    [Parameter]
    public SwitchParameter IncludeImages { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Indicates that the repository is in ECR Public (public.ecr.aws). What the gallery shows of it is deleted too. A public
    /// repository from the pipeline sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    private protected override bool TakesPublic => true;

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        string what = Public ? $"the public repository {name}" : $"the repository {name} in {Aws.Region}";
        if (!string.IsNullOrEmpty(RegistryId)) what += $" of account {RegistryId}";
        if (IncludeImages) what += ", with all its images";
        if (!Confirm(Force, $"Delete {what}.", $"Delete {what}?", "Remove-PizzaRepository")) return;
        Repository? removed = Public
            ? await new PublicRepositoryService(Aws.EcrPublic.For(RegistryId), WriteVerbose)
                .DeleteAsync(name, IncludeImages, cancellationToken)
            : await new RepositoryService(Registry).DeleteAsync(name, IncludeImages, cancellationToken);
        WriteVerbose($"Deleted {what}.");
        if (removed is null) WriteWarning($"Deleted {what}. AWS's answer was lost on the way, so there is no output.");
        else WriteObject(removed);
    }
}
