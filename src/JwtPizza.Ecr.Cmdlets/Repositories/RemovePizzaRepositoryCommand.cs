using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Deletes repositories of Amazon ECR.</summary>
/// <remarks>
/// <para>Each is named exactly; for several, pipe what Get-PizzaRepository finds. A repository that still holds images is deleted only with
/// -IncludeImages, and nothing brings its images back. Its lifecycle policy, its repository policy and its tags go with it.</para>
/// <para>You are asked for each repository; -Force leaves the question out, and nothing else. The output is the repository as it was, with
/// the Status Removed. What roles may do with the repository stays in their policies: take that out with Revoke-PizzaCiPolicy.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaRepository old-service</code>
/// Deletes an empty repository, after a question.
/// </example>
/// <example>
/// <code>Get-PizzaRepository pr-*/* | Where-Object CreatedAt -lt (Get-Date).AddDays(-30) | Remove-PizzaRepository -IncludeImages -Force</code>
/// Deletes the repositories of old previews together with their images, without a question.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Remove-PizzaRepository -IncludeImages -WhatIf</code>
/// Shows what would be deleted.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaRepository", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Repository))]
public sealed class RemovePizzaRepositoryCommand : RepositoryCmdlet
{
    /// <summary>Delete the images with the repository. Without it, a repository that holds images stays, with the error
    /// RepositoryNotEmptyException.</summary>
    [Parameter]
    public SwitchParameter IncludeImages { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>A repository of ECR Public (public.ecr.aws); what the gallery shows of it goes too. A public repository in the pipeline
    /// brings it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    private protected override bool TakesPublic => true;

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        string what =
            $"the {(Public ? "public repository" : "repository")} " +
            $"{name}{(Public ? "" : $" in {Aws.Region}")}{(string.IsNullOrEmpty(RegistryId) ? "" : $" of account {RegistryId}")}{(IncludeImages ? ", with all its images" : "")}";
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
