using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Saves images of a registry to a tar or folder, without docker.</summary>
/// <remarks>
/// <para>What is written is an OCI image layout, which Push-PizzaImage, skopeo, and 'docker load' take; the digest stays the same. Layers
/// are checked against their digests on the way. A tar has its name only when it is complete; a folder keeps what has arrived, so that a
/// save that was broken off goes on where it was, and several images share their layers there.</para>
/// <para>A name is one of a private repository in Amazon ECR. A URI leads to any registry, as Copy-PizzaImage takes them.</para>
/// <para>Needs in ECR ecr:BatchGetImage and ecr:GetDownloadUrlForLayer. ECR records it as a pull.</para>
/// </remarks>
/// <example>
/// <code>Save-PizzaImage jwt-pizza-service:v1.2.3 ./jwt-pizza-service.tar</code>
/// Saves a release to a tar.
/// </example>
/// <example needs="an image for several platforms">
/// <code>Save-PizzaImage jwt-pizza-service:latest ./image.tar -Platform linux/arm64 -Force; docker load -i ./image.tar</code>
/// Takes one platform of an image for several into the local docker.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1.* | Save-PizzaImage -Path ./backup</code>
/// Saves all releases to one folder, each layer once.
/// </example>
[Cmdlet(VerbsData.Save, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(SavedImage))]
public sealed class SavePizzaImageCommand : RepositoryCmdlet
{
    /// <summary>The image: name:tag or name@sha256:... for one in ECR, or a URI of these forms for one in any registry; without a tag,
    /// latest. From the pipeline, the image that comes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Source")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Where to save it: a path that ends in .tar is a tar, any other a folder. A folder that holds a layout gets the image
    /// added.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Path { get; set; } = "";

    /// <summary>The digest of the image; images in the pipeline bring it along.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>The tags of the image, which it has in the layout too; images in the pipeline bring them along. Default: latest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tag", "Tags", "ImageTags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] ImageTag { get; set; } = [];

    /// <summary>Takes the image of one platform, for example linux/arm64, out of one for several. Default: all of them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>Save signatures, lists of parts and attestations of the image too, which refer to it. Without it they stay, and a warning
    /// says so.</summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>Replace a tar that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool TakesSeveral => false;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => SaveAsync(ImageReference.Parse(name), cancellationToken), name);
    }

    private async Task SaveAsync(ImageReference image, CancellationToken cancellationToken)
    {
        string path = FilePath(Path);
        string? digest = image.Digest?.Value ?? (string.IsNullOrEmpty(ImageDigest) ? null : Digest.Parse(ImageDigest).Value);
        string[] tags = image.Tag is { } tag
            ? [tag.Value]
            : ImageTag.Length > 0 ? [.. ImageTag.Where(t => !string.IsNullOrEmpty(t)).Select(t => Ecr.ImageTag.Parse(t).Value).Distinct()]
                : digest is null ? [Defaults.ImageTag] : [];
        Platform? platform = Platform is null ? null : Ecr.Platform.Parse(Platform);
        RepositoryReference place = image.Place(RegistryId, CurrentRegion);
        if (!ShouldProcess(path, $"Save {image}")) return;
        ImageRepository from = await Registries.OpenAsync(SessionFor(Typed(place.Region)), image, place.RegistryId, Public,
            isWritten: false, cancellationToken);
        await WithBarAsync($"Saving {image}",
            async listener => WriteObject(await new ImageMover(listener) { IncludeReferrers = IncludeReferrers }
            .SaveAsync(from, digest ?? tags[0], path, new(tags, platform, Force), cancellationToken)));
    }
}
