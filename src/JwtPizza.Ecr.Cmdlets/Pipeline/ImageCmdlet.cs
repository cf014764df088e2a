using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that look at one image of each repository.</summary>
public abstract class ImageCmdlet : RepositoryCmdlet
{
    /// <summary>The tag of the image; a digest counts more. Default: latest.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Tag")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string? ImageTag { get; set; }

    /// <summary>The digest of the image; an image from the pipeline brings it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>The image that the record at hand names.</summary>
    private protected ImageId Image => ImageDigest is { } digest
        ? new() { ImageDigest = Digest.Parse(digest).Value }
        : new() { ImageTag = ImageTag is { } tag ? Ecr.ImageTag.Parse(tag).Value : Defaults.ImageTag };
}
