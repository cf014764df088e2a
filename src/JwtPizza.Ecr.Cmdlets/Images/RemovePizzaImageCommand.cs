using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Removes images, or tags of images, from repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>By digest, and for what comes from Get-PizzaImage, the image goes with all its tags. By tag only the tag goes, and the image stays
/// as long as it has another one; IsImageDeleted of the output shows which it was. What is deleted cannot be brought back.</para>
/// <para>A hundred images are one call. Each one that ECR does not remove is an error of its own, with ECR's code as its id, and the others
/// go on. An image that an index (one image for several platforms) needs can be removed only with that index: name both, in any order.
/// Children of an index that is removed alone stay as untagged images, which Clear-PizzaImage takes.</para>
/// <para>You are asked before each image, unless you say -Force. Without the right ecr:DescribeImages it is not known beforehand whether a
/// tag is the last one.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaImage jwt-pizza-service -Tag v1.0.0</code>
/// Removes a release; if the image has another tag, only this tag.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag dev-* | Where-Object ImagePushedAt -lt (Get-Date).AddDays(-30) | Remove-PizzaImage -Force</code>
/// Deletes the development images of more than a month ago.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1 -IncludeChildren | Remove-PizzaImage -WhatIf</code>
/// Shows what would go of an image for several platforms, its children included.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RemovedImage))]
public sealed class RemovePizzaImageCommand : RepositoryCmdlet
{
    private readonly Dictionary<(AwsSession, string?, string), Work> _work = [];

    /// <summary>The repository, by name or URI; with a tag (name:tag) or digest (name@sha256:...) at its end it names the image.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Tags to remove; no wildcards, for those pipe from Get-PizzaImage. An image stays as long as it has another tag. Together
    /// with a digest: only if the tag leads there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tag", "Tags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? ImageTag { get; set; }

    /// <summary>Digests (sha256: and 64 hexadecimal digits) of images to delete with all their tags.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string[]? ImageDigest { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => CollectAsync(name, cancellationToken), name);
    }

    private protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (Work work in _work.Values)
            await StartAsync<RemovePizzaImageCommand>((self, token) => self.EndAsync(work, token), target: null, cancellationToken);
    }

    private async Task EndAsync(Work work, CancellationToken cancellationToken)
    {
        await TryAsync(() => FlushAsync(work, cancellationToken));
        List<PizzaException> failures = [];
        Tell(await work.Remover.EndAsync(failures.Add, cancellationToken), failures);   // what indexes needed
    }

    private async Task CollectAsync(string text, CancellationToken cancellationToken)
    {
        ImageReference reference = ImageReference.Parse(text);
        RepositoryReference place = Checked(reference.Place(RegistryId, CurrentRegion, Public));
        ImageId[] ids = Ids(reference);
        AwsSession aws = SessionFor(Typed(place.Region));
        string? registry = place.RegistryId;
        string name = reference.Repository.Value;
        if (!_work.TryGetValue((aws, registry, name), out Work? work))
            _work[(aws, registry, name)] = work = new(name, aws.Region, new(new EcrRepository(aws, reference, registry)), []);
        foreach (ImageId id in ids.Where(work.Seen.Add))   // a child of two indexes comes twice
        {
            work.Pending.Add(id);
            if (work.Pending.Count == ImageRemover.Batch) await FlushAsync(work, cancellationToken);
        }
    }

    private ImageId[] Ids(ImageReference reference)
    {
        string[] tags = [.. ImageTag?.Where(t => !string.IsNullOrEmpty(t)).Select(t => Ecr.ImageTag.Parse(t).Value) ?? [],
            .. reference.Tag is { } tag ? [tag.Value] : Array.Empty<string>()];
        string[] digests = [.. ImageDigest?.Where(d => !string.IsNullOrEmpty(d)).Select(d => Digest.Parse(d).Value) ?? [],
            .. reference.Digest is { } digest ? [digest.Value] : Array.Empty<string>()];
        return (tags, digests) switch
        {
            ([], []) => throw new PizzaException("ImageNotNamed", PizzaErrorKind.InvalidArgument,
                $"Say which image of '{reference.Repository}' to remove: -ImageTag, -ImageDigest, or name:tag, or pipe images from " +
                "Get-PizzaImage. Remove-PizzaRepository removes them all.", $"{reference}"),
            (_, [string only]) when tags is not [] => [.. tags.Select(t => new ImageId { ImageTag = t, ImageDigest = only })],
            _ => [.. digests.Select(d => new ImageId { ImageDigest = d }), .. tags.Select(t => new ImageId { ImageTag = t })],
        };
    }

    private async Task FlushAsync(Work work, CancellationToken cancellationToken)
    {
        if (work.Pending.Count == 0) return;
        ImageId[] ids = [.. work.Pending];
        work.Pending.Clear();
        List<PizzaException> failures = [];
        IReadOnlyList<PlannedRemoval> plan = await work.Remover.PlanAsync(ids, failures.Add, cancellationToken);
        List<PlannedRemoval> agreed = [.. plan.Where(p => Agrees(work, p.Description))];
        Tell(await work.Remover.RemoveAsync(agreed, failures.Add, cancellationToken), failures);
    }

    private bool Agrees(Work work, string description) =>
        $"{work.RepositoryName} in {work.Region}: {description}" is var what
            && Confirm(Force, what, $"{what}. Continue?", "Remove-PizzaImage");

    private void Tell(IReadOnlyList<RemovedImage> removed, List<PizzaException> failures)
    {
        foreach (RemovedImage image in removed) WriteObject(image);
        foreach (PizzaException failure in failures) WriteError(failure);
    }

    private sealed record Work(string RepositoryName, string Region, ImageRemover Remover, List<ImageId> Pending)
    {
        public HashSet<ImageId> Seen { get; } = [];
    }
}
