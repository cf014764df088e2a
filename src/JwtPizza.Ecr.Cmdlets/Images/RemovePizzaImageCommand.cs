using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Removes images or image tags from Amazon ECR repositories.</summary>
/// <remarks>
/// <para>By digest, and for images from Get-PizzaImage, the cmdlet deletes the image with all its tags. By tag, it removes only the tag,
/// and the image stays as long as it has another tag. IsImageDeleted in the output shows whether the image was deleted. Deleted images
/// cannot be restored.</para>
/// <para>One call removes a hundred images. For each image that ECR does not remove, the cmdlet reports a separate error with ECR's code as
/// its ID, and continues with the other images. An image that an index (multi-platform image) needs can be removed only together with that
/// index. Specify both, in any order. If you remove only an index, its children stay as untagged images, which Clear-PizzaImage
/// deletes.</para>
/// <para>The cmdlet prompts for confirmation before each image, unless you specify -Force. Without the permission ecr:DescribeImages, it
/// cannot determine in advance whether a tag is the last one.</para>
/// </remarks>
/// <example>
/// <code>Remove-PizzaImage jwt-pizza-service -Tag v1.0.0</code>
/// Removes a release. If the image has another tag, only this tag is removed.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag dev-* | Where-Object ImagePushedAt -lt (Get-Date).AddDays(-30) | Remove-PizzaImage -Force</code>
/// Deletes the development images that were pushed more than a month ago.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1 -IncludeChildren | Remove-PizzaImage -WhatIf</code>
/// Shows what would be removed from a multi-platform image, including its children.
/// </example>
[Cmdlet(VerbsCommon.Remove, "PizzaImage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RemovedImage))]
public sealed class RemovePizzaImageCommand : RepositoryCmdlet
{
    private readonly Dictionary<(AwsSession, string?, string), Work> _work = [];

    /// <summary>Specifies the repository, by name or by URI. A tag (name:tag) or digest (name@sha256:...) at the end specifies the
    /// image.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the tags to remove. Wildcards are not supported; pipe from Get-PizzaImage instead. An image stays as long as it
    /// has another tag. Together with a digest, a tag is removed only if it refers to that digest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tag", "Tags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? ImageTag { get; set; }

    /// <summary>Specifies the digests (sha256: and 64 hexadecimal digits) of images to delete with all their tags.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string[]? ImageDigest { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation.</summary>
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
        AwsSession aws = SessionFor(OptionsFor(place.Region));
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
                $"No image of '{reference.Repository}' is specified. Specify -ImageTag, -ImageDigest, or name:tag, or pipe images from " +
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
