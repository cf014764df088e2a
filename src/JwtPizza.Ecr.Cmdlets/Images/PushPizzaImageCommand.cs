using System.Management.Automation;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Pushes an existing image to a repository in Amazon ECR.</summary>
/// <remarks>
/// <para>-Path specifies an OCI image layout, as a directory or a tar file. 'docker buildx build --output type=oci', skopeo,
/// Save-PizzaImage, and 'docker save' write this format. docker is not required. If the output of 'docker save' holds one platform of
/// several, the cmdlet pushes that platform, as 'docker push' does. An image with missing layers is rejected. Layers are uploaded in
/// parallel and unchanged, and each is checked against its digest on the way. Layers that the repository already has are skipped, so an
/// interrupted push continues where it stopped.</para>
/// <para>-Image takes an image of the local docker, and runs 'docker tag' and 'docker push' with a private login. Other programs cannot
/// see the password, and your docker settings stay as they are. Nothing of the login is left afterwards. The image keeps the repository's
/// tag in docker's own store, unless -RemoveLocal is given.</para>
/// <para>The cmdlet checks the tags before it sends anything. A tag that already refers to the same image counts as pushed. An immutable
/// tag that refers to another image is an error. After the push, the cmdlet reads the digest back.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Push-PizzaImage -Path image.tar -Tag v1.2.3, latest</code>
/// Pushes the image of a tar file under two tags, without docker.
/// </example>
/// <example needs="docker and an image employee-api">
/// <code>Push-PizzaImage -Image employee-api:latest -RepositoryName employee-api -Tag v1</code>
/// Pushes the image that 'docker build -t employee-api .' built.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-b/api' | Push-PizzaImage ./layout -LayoutTag arm64 -Tag latest</code>
/// Pushes one image of a layout that holds several images to two repositories.
/// </example>
[Cmdlet(VerbsCommon.Push, "PizzaImage", SupportsShouldProcess = true, DefaultParameterSetName = Layout)]
[OutputType(typeof(PublishedImage))]
public sealed partial class PushPizzaImageCommand : RepositoryCmdlet
{
    private const string Layout = "Layout", Local = "Local";

    /// <summary>Specifies the repositories, by name or by URI. A URI also names the account and the region. A tag at the end of the URI
    /// specifies the image tag, unless -Tag does.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "RepositoryUri")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Indicates that the repository is in ECR Public (public.ecr.aws). A public repository from the pipeline or a URI of
    /// public.ecr.aws sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    /// <summary>Specifies an OCI image layout: a directory with index.json, or an uncompressed tar file of one. A tar file in the older
    /// format of 'docker save' is also supported.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Layout, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    public string Path { get; set; } = "";

    /// <summary>Specifies which image of the layout to push, by its tag or digest in the layout. This parameter is required when the layout
    /// holds several images, not counting signatures and similar artifacts.</summary>
    [Parameter(ParameterSetName = Layout)]
    [ArgumentCompleter(typeof(LayoutTagCompleter))]
    public string? LayoutTag { get; set; }

    /// <summary>Indicates that the cmdlet also pushes signatures, software bills of materials (SBOMs), and attestations in the layout that
    /// refer to the image. Without this parameter, they are not pushed, and a warning says so.</summary>
    [Parameter(ParameterSetName = Layout)]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>Specifies an image that docker has on this machine, by name or ID, as 'docker image ls' lists it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Local)]
    [ArgumentCompleter(typeof(LocalImageCompleter))]
    public string Image { get; set; } = "";

    /// <summary>Specifies the image tags. Each has 1 to 128 characters (letters, digits, '_', '.', '-'). The default is the tag of the
    /// image in the layout or at the end of -Image, and then latest.</summary>
    [Parameter]
    [Alias("Tag", "Tags", "ImageTags")]
    public string[] ImageTag { get; set; } = [];

    /// <summary>Removes the repository's tags from docker's own store after the push. The name that the image had before stays.</summary>
    [Parameter(ParameterSetName = Local)]
    public SwitchParameter RemoveLocal { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string repository in RepositoryName)
        {
            await StartAsync<PushPizzaImageCommand>(
                (self, token) => self.PushAsync(repository, token), repository, cancellationToken);
        }
    }

    private async Task PushAsync(string text, CancellationToken cancellationToken)
    {
        (string path, text) = ParameterSetName == Local ? (Path, text) : TypedPlaces.InOrder(Path, text, IsPath);
        string? local = ParameterSetName == Local ? Image : IsLocal(path) ? path : null;
        ImageReference repository = ImageReference.Parse(text);
        RepositoryReference place = repository.Place(RegistryId, CurrentRegion, Public);
        string[] tags = ImageTag.Length > 0
            ? [.. ImageTag.Select(t => Ecr.ImageTag.Parse(t).Value).Distinct()] : repository.Tag is { } tag ? [tag.Value] : [];
        string what = local is not null ? $"Push docker's image '{local}'" : $"Push the image in '{FilePath(path)}'";
        if (!ShouldProcess($"{repository.Repository}{(tags.Length > 0 ? ":" + string.Join(", ", tags) : "")}", what)) return;
        AwsRepository to = Registries.OfAws(SessionFor(OptionsFor(place.Region)), repository, place.RegistryId, place.IsPublic);
        await WithBarAsync($"Pushing to {repository.Repository}", async listener => WriteObject(local is not null
            ? await new LocalPushService(to, listener) { RemoveLocal = RemoveLocal }
                .PushAsync(local, tags is [] ? [TagOf(local)] : tags, cancellationToken)
            : await new ImageMover(listener) { IncludeReferrers = IncludeReferrers }
                .PushAsync(to, FilePath(path), LayoutTag, tags, cancellationToken)));
    }

    /// <summary>Whether docker's image is meant, by its name and tag, where a path could stand.</summary>
    private bool IsLocal(string text) => !IsPath(text) && !IsBound(nameof(LayoutTag)) && LocalName().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LocalName();

    private static string TagOf(string image) =>
        image[(image.LastIndexOf(':') + 1)..] is var tag && tag != image && Ecr.ImageTag.IsLegal(tag)
            && !image.Contains('@', StringComparison.Ordinal) ? tag : Defaults.ImageTag;
}
