using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Saves images from a registry to a tar file or directory, without docker.</summary>
/// <remarks>
/// <para>The output is an OCI image layout, which Push-PizzaImage, skopeo, and 'docker load' accept. The digest stays the same. Layers are
/// checked against their digests on the way. A tar file gets its name only when it is complete. A directory keeps the content that has
/// arrived, so an interrupted save continues where it stopped. Several images in a directory share their layers.</para>
/// <para>A name refers to a private repository in Amazon ECR. A URI can refer to any registry, as for Copy-PizzaImage.</para>
/// <para>ECR records the save as a pull.</para>
/// </remarks>
/// <example>
/// <code>Save-PizzaImage jwt-pizza-service:v1.2.3 ./jwt-pizza-service.tar</code>
/// Saves a release to a tar file.
/// </example>
/// <example needs="an image for several platforms">
/// <code>Save-PizzaImage jwt-pizza-service:latest ./image.tar -Platform linux/arm64 -Force; docker load -i ./image.tar</code>
/// Loads one platform of a multi-platform image into the local docker.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1.* | Save-PizzaImage -Path ./backup</code>
/// Saves all releases to one directory, each layer once.
/// </example>
[Cmdlet(VerbsData.Save, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(SavedImage))]
public sealed class SavePizzaImageCommand : RepositoryCmdlet
{
    /// <summary>Specifies the image: name:tag or name@sha256:... for an image in ECR, or a URI of these forms for an image in any registry.
    /// Without a tag, the tag is latest. Images from the pipeline bind here.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Source")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies where to save the image. A path that ends in .tar is a tar file, and any other path is a directory. If the
    /// directory already holds a layout, the image is added to it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Path { get; set; } = "";

    /// <summary>Specifies the digest of the image. Images from the pipeline supply it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>Specifies the tags of the image, which it also has in the layout. Images from the pipeline supply them. The default is
    /// latest.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tag", "Tags", "ImageTags")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[] ImageTag { get; set; } = [];

    /// <summary>Specifies the platform to save from a multi-platform image, for example linux/arm64. The default is all
    /// platforms.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>Indicates that the cmdlet also saves signatures, software bills of materials (SBOMs), and attestations that refer to the
    /// image. Without this parameter, they are not saved, and a warning says so.</summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>Indicates that the cmdlet overwrites an existing tar file.</summary>
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
        ImageRepository from = await Registries.OpenAsync(SessionFor(OptionsFor(place.Region)), image, place.RegistryId, Public,
            isWritten: false, cancellationToken);
        await WithBarAsync($"Saving {image}",
            async listener => WriteObject(await new ImageMover(listener) { IncludeReferrers = IncludeReferrers }
            .SaveAsync(from, digest ?? tags[0], path, new(tags, platform, Force), cancellationToken)));
    }
}
