using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Deletes untagged images that are no longer needed from Amazon ECR repositories.</summary>
/// <remarks>
/// <para>An image loses its tag when the tag is pushed again, and stays in the repository until it is deleted. The cmdlet deletes images
/// that have no tag, are not in a remaining index (multi-platform image), are not a signature of a remaining image, and are not used by
/// ECS. ECS uses an image if a task in the caller's account and region runs it, or if a service or deployment names it. This check requires
/// the permissions ecs:ListClusters, ListServices, DescribeServices, DescribeTaskDefinition, ListTasks, and DescribeTasks. Without them,
/// the usage is unknown, and the cmdlet shows a warning. The cmdlet does not check ECS in other accounts and regions, Lambda, or
/// Kubernetes.</para>
/// <para>The cmdlet prompts for confirmation for each repository, with the number of images and the space that is freed, unless you specify
/// -Force. -WhatIf lists the images. Deleted images cannot be restored. To let ECR itself do this every day, use Set-PizzaLifecycle
/// -UntaggedDays.</para>
/// </remarks>
/// <example>
/// <code>Clear-PizzaImage jwt-pizza-service -WhatIf</code>
/// Shows which images would be deleted, and how much space that would free.
/// </example>
/// <example>
/// <code>Clear-PizzaImage team-a/* -OlderThan 7 -Force</code>
/// Cleans up all repositories of a team without a prompt, except for images that were pushed within the last week.
/// </example>
/// <example>
/// <code>Get-PizzaRepository | Clear-PizzaImage -Force | Measure-Object</code>
/// Cleans up the whole registry, and counts the deleted images.
/// </example>
[Cmdlet(VerbsCommon.Clear, "PizzaImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RemovedImage))]
public sealed class ClearPizzaImageCommand : RepositoryCmdlet
{
    private readonly Dictionary<AwsSession, Task<ImagesInUse>> _inUse = [];

    /// <summary>Specifies the repositories, by name. Wildcards are supported, and '*' selects all repositories. A name without wildcards
    /// that does not exist is an error.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies a number of days. Only images that were pushed more than this number of days ago are deleted. The days count from
    /// the push, not from the loss of the tag.</summary>
    [Parameter]
    [Alias("OlderThanDays")]
    [ValidateRange(0, 36500)]
    public double OlderThan { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachAsync<ClearPizzaImageCommand>((self, repository, token) => self.ClearAsync(repository, token), cancellationToken);

    private async Task ClearAsync(Repository repository, CancellationToken cancellationToken)
    {
        AwsSession aws = Aws;
        if (!_inUse.TryGetValue(aws, out Task<ImagesInUse>? finding)) _inUse[aws] = finding = InUseAsync(aws, cancellationToken);
        ImagesInUse inUse = await finding;
        DateTimeOffset? pushedBefore = IsBound(nameof(OlderThan)) ? DateTimeOffset.UtcNow.AddDays(-OlderThan) : null;
        ClearPlan plan =
            ClearPlan.Of(repository, await new Inventory(Registry).ReadAsync(repository, cancellationToken), inUse, pushedBefore);
        foreach ((EcrImage image, string user) in plan.Used)
            WriteVerbose($"{repository.RepositoryName}: {image.ImageDigest} stays, {user} uses it.");
        if (plan.YoungCount > 0)
            WriteVerbose(
                $"{repository.RepositoryName}: {plan.YoungCount} more were pushed within {OlderThan} days, or belong to such images, " +
                "and stay.");
        if (plan.Images.Count == 0) WriteVerbose($"{repository.RepositoryName}: no untagged image can be deleted; nothing changed.");
        else if (Confirm(Force, $"{plan.Description}:\n{plan.List}", $"{plan.Description}. Continue?", "Clear-PizzaImage"))
            await RunAsync(plan, cancellationToken);
    }

    private async Task<ImagesInUse> InUseAsync(AwsSession aws, CancellationToken cancellationToken)
    {
        string? unknown = null;
        ImagesInUse inUse = await ImagesInUse.FindAsync(aws.Ecs, why => unknown = why, cancellationToken);
        if (unknown is not null) WriteWarning($"{unknown} Images that ECS uses are not protected.");
        return inUse;
    }

    private async Task RunAsync(ClearPlan plan, CancellationToken cancellationToken)
    {
        List<RemovedImage> removed = [];
        List<PizzaException> failures = [];
        try { await plan.RunAsync(Registry, removed.Add, failures.Add, cancellationToken); }
        finally
        {
            foreach (RemovedImage image in removed) WriteObject(image);
            foreach (PizzaException failure in failures) WriteError(failure);
        }
    }
}
