using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Gets the images of repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>Each row is an image with its tags, digest, size, time of push and platform. An image for several platforms (an OCI index) and its
/// children, which ECR lists as untagged images, are one row; -IncludeChildren shows them.</para>
/// <para>All pages are read, and tagged images are handed on as they arrive. Untagged ones follow at the end, since an index on a later
/// page may own them.</para>
/// <para>ECR does not list platforms. In a repository of up to 100 images they are looked up; in a larger one only those of images for
/// several platforms are, unless you say -IncludePlatform, which costs a small download per image. Without the rights ecr:BatchGetImage and
/// ecr:GetDownloadUrlForLayer the platform stays empty, and -Verbose says so. ECR may count the look-up as a pull and record it in
/// LastRecordedPullTime; -IncludePlatform:$false leaves it out, but for indexes.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service</code>
/// What is in the repository now.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Get-PizzaImage -Untagged | Measure-Object ImageSizeInBytes -Sum</code>
/// How much the untagged images of a team weigh. Layers that images share are counted for each.
/// </example>
/// <example>
/// <code>Get-PizzaImage jwt-pizza-service -Tag v1.*, latest | Where-Object Platform -notcontains linux/arm64</code>
/// Releases that do not run on arm64.
/// </example>
/// <example>
/// <code>Get-PizzaRepository -Public | Get-PizzaImage</code>
/// What everybody can pull.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaImage", DefaultParameterSetName = "Tag")]
[OutputType(typeof(EcrImage))]
public sealed class GetPizzaImageCommand : RepositoryCmdlet
{
    /// <summary>Repositories by name, or patterns with wildcards. Default: all repositories of the registry. A name without wildcards that
    /// does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Only images with such a tag; '*', '?' and '[a-c]' work. A tag without wildcards that does not exist is an error.</summary>
    [Parameter(ParameterSetName = "Tag")]
    [Alias("Tag", "Tags", "ImageTags")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? ImageTag { get; set; }

    /// <summary>Only images without a tag that no index needs: what a lifecycle rule for untagged images takes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Untagged")]
    public SwitchParameter Untagged { get; set; }

    /// <summary>Show the children of an index as rows below it, with ParentDigest set. Nothing is shown before the last page is
    /// read.</summary>
    [Parameter]
    public SwitchParameter IncludeChildren { get; set; }

    /// <summary>Look up the platform of every image, also in a repository of more than 100. -IncludePlatform:$false looks up none but those
    /// of indexes.</summary>
    [Parameter]
    public SwitchParameter IncludePlatform { get; set; }

    /// <summary>Repositories of ECR Public (public.ecr.aws). A public repository in the pipeline brings it.</summary>
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
