using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Replication;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Waits until an image has been replicated to other regions and accounts.</summary>
/// <remarks>
/// <para>For each image, the cmdlet waits until every copy is COMPLETE or FAILED, and shows a progress bar. It returns one object for each
/// copy. A failed copy is also an error, which says what to check. Most images take less than half an hour.</para>
/// <para>ECR replicates only images that are pushed after the rule was set. An earlier image causes the error ImageNotReplicated. A
/// multi-platform image counts as replicated when its index is.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist | Wait-PizzaReplication</code>
/// Builds and pushes an image, and continues when every region has it.
/// </example>
/// <example>
/// <code>Wait-PizzaReplication jwt-pizza-service -ImageTag v1.2 -TimeoutSec 600 | Where-Object Status -eq FAILED</code>
/// Waits at most ten minutes for the copies of a release, and shows those that failed.
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "PizzaReplication")]
[OutputType(typeof(ImageReplication))]
public sealed class WaitPizzaReplicationCommand : RepositoryCmdlet
{
    /// <summary>Specifies the maximum number of seconds to wait for each image. The default is 1800.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>Specifies the image tag. A digest takes precedence. The default is latest.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Tag")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string? ImageTag { get; set; }

    /// <summary>Specifies the image digest. An image from the pipeline supplies it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        ReplicationWaitRequest request = new(name, ImageId.Of(ImageTag, ImageDigest), RegistryId, TimeSpan.FromSeconds(TimeoutSec));
        ReplicationOutcome outcome = await WaitAsync(request, cancellationToken);
        foreach (ImageReplication copy in outcome.Copies) WriteObject(copy);
        foreach (ImageReplication failed in outcome.Copies.Where(c => c.Status == "FAILED"))
            WriteError(ReplicationErrors.Failed(request, failed));
        if (outcome.Missing.Count > 0)
            WriteWarning(
                $"'{request.Name}' is not replicated to {string.Join(", ", outcome.Missing)}, because it was pushed before the rule was " +
                "set. Push it again to replicate it.");
        if (outcome.Unfinished.Any()) throw ReplicationErrors.TimedOut(request, outcome);
    }

    private Task<ReplicationOutcome> WaitAsync(ReplicationWaitRequest request, CancellationToken cancellationToken)
    {
        ProgressRecord bar = new(1, "Waiting for replication", request.Name);
        return WithBarAsync<IReadOnlyList<ImageReplication>, ReplicationOutcome>(bar, copies =>
        {
            string states = string.Join(", ", copies.Select(c => $"{c.DestinationRegion} {c.Status}").Distinct());
            bar.StatusDescription = $"{request.Name}: {(states.Length > 0 ? states : "not begun")}";
            bar.PercentComplete = copies.Count > 0 ? 100 * copies.Count(c => c.IsFinal) / copies.Count : 0;
        }, progress => new ReplicationWait(Aws).RunAsync(request, progress, cancellationToken));
    }
}
