using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Replication;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>Waits until the copies of an image in other regions and accounts are there.</summary>
/// <remarks>
/// <para>For each image: until every copy is COMPLETE or FAILED, with a progress bar. One object for each copy; a failed one is an error as
/// well, which says what to look at. Most images take less than half an hour.</para>
/// <para>ECR copies only what is pushed after the rule: an image that was there before gives the error ImageNotReplicated. An image for
/// several platforms counts as there when its index is.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist | Wait-PizzaReplication</code>
/// Builds and pushes an image, and goes on when every region has it.
/// </example>
/// <example>
/// <code>Wait-PizzaReplication jwt-pizza-service -ImageTag v1.2 -TimeoutSec 600 | Where-Object Status -eq FAILED</code>
/// Waits ten minutes at most for the copies of a release, and shows those that failed.
/// </example>
[Cmdlet(VerbsLifecycle.Wait, "PizzaReplication")]
[OutputType(typeof(ImageReplication))]
public sealed class WaitPizzaReplicationCommand : RepositoryCmdlet
{
    /// <summary>How many seconds to wait at most for each image; 1800 unless you say otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>The tag of the image; a digest counts more. Default: latest.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Tag")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string? ImageTag { get; set; }

    /// <summary>The digest of the image; an image from the pipeline brings it.</summary>
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
                $"'{request.Name}' does not go to {string.Join(", ", outcome.Missing)}: it was pushed before there was a rule for that. " +
                "Push it again to have it copied.");
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
