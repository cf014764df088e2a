using System.Management.Automation;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Pushes an image that exists already to a repository in Amazon ECR.</summary>
/// <remarks>
/// <para>-Path takes an OCI image layout, a folder or a tar, as 'docker buildx build --output type=oci', skopeo, Save-PizzaImage and
/// 'docker save' write it. No docker is needed for it. Of a 'docker save' that holds one platform of several, that one is pushed, as
/// 'docker push' does. An image whose layers are missing is refused. Layers go up side by side as they are, each checked against its digest
/// on the way; those that the repository has already are left out, so a push that was broken off goes on where it was.</para>
/// <para>-Image takes an image that docker has on this machine, and does 'docker tag' and 'docker push' with a login of its own: the
/// password is seen by nobody else, your docker settings stay as they are, and nothing of it is left afterwards. The image keeps the
/// repository's tag in docker's own store, unless -RemoveLocal is given.</para>
/// <para>Tags are looked at before anything is sent: one that leads to this very image already counts as pushed, and one that is immutable
/// and leads to another image is an error. Afterwards the digest is read back.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Push-PizzaImage -Path image.tar -Tag v1.2.3, latest</code>
/// Pushes the image of a tar under two tags, without docker.
/// </example>
/// <example needs="docker and an image employee-api">
/// <code>Push-PizzaImage -Image employee-api:latest -RepositoryName employee-api -Tag v1</code>
/// Pushes what 'docker build -t employee-api .' made.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-b/api' | Push-PizzaImage ./layout -LayoutTag arm64 -Tag latest</code>
/// Pushes one image of a layout that holds several to two repositories.
/// </example>
[Cmdlet(VerbsCommon.Push, "PizzaImage", SupportsShouldProcess = true, DefaultParameterSetName = Layout)]
[OutputType(typeof(PublishedImage))]
public sealed partial class PushPizzaImageCommand : RepositoryCmdlet
{
    private const string Layout = "Layout", Local = "Local";

    /// <summary>The repositories, by name or by URI. A URI tells account and region too; with a tag at its end it tells the tag, unless
    /// -Tag does.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "RepositoryUri")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>A repository of ECR Public (public.ecr.aws). A public repository in the pipeline, and a URI of public.ecr.aws, bring
    /// it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    /// <summary>An OCI image layout: a folder with index.json, or a tar of one, not compressed; or a tar in the older form of 'docker
    /// save'.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Layout, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    public string Path { get; set; } = "";

    /// <summary>Which image of the layout, by the tag or the digest that it has there. Needed when the layout holds several, signatures and
    /// the like not counted.</summary>
    [Parameter(ParameterSetName = Layout)]
    [ArgumentCompleter(typeof(LayoutTagCompleter))]
    public string? LayoutTag { get; set; }

    /// <summary>Push signatures, lists of parts and attestations of the image too, which refer to it and are in the layout. Without it they
    /// stay, and a warning says so.</summary>
    [Parameter(ParameterSetName = Layout)]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>An image that docker has on this machine, by name or id, as 'docker image ls' lists it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Local)]
    [ArgumentCompleter(typeof(LocalImageCompleter))]
    public string Image { get; set; } = "";

    /// <summary>One or more tags: 1 to 128 letters, digits, '_', '.' and '-'. Default: the tag that the layout gives the image, or that
    /// -Image ends in, else latest.</summary>
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
        AwsRepository to = Registries.OfAws(SessionFor(Typed(place.Region)), repository, place.RegistryId, place.IsPublic);
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
