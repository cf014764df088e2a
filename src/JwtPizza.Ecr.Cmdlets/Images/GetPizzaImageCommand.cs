using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Gets the images of Amazon ECR repositories.</summary>
/// <remarks>
/// <para>Each row is an image with its tags, digest, size, push time, and platform. A multi-platform image (an OCI index) and its children,
/// which ECR lists as untagged images, are one row. -IncludeChildren shows the children.</para>
/// <para>The cmdlet reads all pages, and returns tagged images as they arrive. Untagged images follow at the end, because an index on a
/// later page can own them.</para>
/// <para>ECR does not list platforms. In a repository of up to 100 images, the cmdlet looks up every platform. In a larger repository, it
/// looks up only the platforms of multi-platform images. -IncludePlatform looks up all of them, which costs a small download per image.
/// Without the permissions ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, the platform stays empty, and -Verbose says so. ECR can count
/// the lookup as a pull and record it in LastRecordedPullTime. -IncludePlatform:$false omits the lookup, except for indexes.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service</code>
/// Gets the images in the repository.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Get-PizzaImage -Untagged | Measure-Object ImageSizeInBytes -Sum</code>
/// Gets the total size of a team's untagged images. Layers that images share are counted for each image.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1.*, latest | Where-Object Platform -notcontains linux/arm64</code>
/// Gets releases that do not run on arm64.
/// </example>
/// <example>
/// <code>Get-PizzaRepository -Public | Get-PizzaImage</code>
/// Gets the images that anyone can pull.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaImage", DefaultParameterSetName = "Tag")]
[OutputType(typeof(EcrImage))]
public sealed class GetPizzaImageCommand : RepositoryCmdlet
{
    /// <summary>Specifies the repositories, by name. Wildcards are supported. The default is all repositories of the registry. A name
    /// without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Specifies the image tags to return images for. Wildcards are supported: '*', '?', and '[a-c]'. A tag without wildcards that
    /// does not exist is an error.</summary>
    [Parameter(ParameterSetName = "Tag")]
    [Alias("Tag", "Tags", "ImageTags")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? ImageTag { get; set; }

    /// <summary>Indicates that the cmdlet returns only images that have no tag and that no index needs. A lifecycle rule for untagged
    /// images selects the same images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Untagged")]
    public SwitchParameter Untagged { get; set; }

    /// <summary>Indicates that the children of an index are returned as rows below it, with ParentDigest set. Output starts only after the
    /// last page is read.</summary>
    [Parameter]
    public SwitchParameter IncludeChildren { get; set; }

    /// <summary>Indicates that the cmdlet looks up the platform of every image, also in a repository of more than 100 images.
    /// -IncludePlatform:$false looks up only the platforms of indexes.</summary>
    [Parameter]
    public SwitchParameter IncludePlatform { get; set; }

    /// <summary>Indicates that the repositories are in ECR Public (public.ecr.aws). A public repository from the pipeline sets this
    /// parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    private protected override bool TakesPublic => true;

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachAsync<GetPizzaImageCommand>((self, repository, token) => self.WriteImagesAsync(repository, token), cancellationToken);

    private async Task WriteImagesAsync(Repository repository, CancellationToken cancellationToken)
    {
        ImageListing listing = new(Registries.OfAws(Aws, repository), repository, new Progress<string>(WriteVerbose));
        string[] exact = [.. ImageTag?.Where(t => !IncludeChildren && !WildcardPattern.ContainsWildcardCharacters(t)) ?? []];
        foreach (string tag in exact)
            await TryAsync(async () => WriteObject(await listing.GetAsync(tag, cancellationToken)));
        WildcardPattern[]? patterns = ImageTag?.Except(exact).Select(t => new WildcardPattern(t)).ToArray();
        if (patterns is []) return;
        ImageQuery query = new()
        {
            Untagged = Untagged, IncludeChildren = IncludeChildren,
            IncludePlatform = IsBound(nameof(IncludePlatform)) ? (bool)IncludePlatform : null,
            Tag = patterns is null ? null : tag => patterns.Any(p => p.IsMatch(tag)),
        };
        await foreach (EcrImage image in listing.ListAsync(query, cancellationToken)) WriteObject(image);
    }
}
