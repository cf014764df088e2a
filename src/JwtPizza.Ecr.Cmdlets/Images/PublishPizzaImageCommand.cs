using System.Collections;
using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Docker;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Builds an image with docker and pushes it to Amazon ECR.</summary>
/// <remarks>
/// <para>Runs 'docker buildx build --push' with a login of its own: the password is seen by nobody else, your docker settings stay as they
/// are, and nothing of it is left afterwards. Default: the platform linux/arm64 and the tag latest. Afterwards the digest, platform and
/// size are read back from ECR, as far as you may.</para>
/// <para>A tag that cannot be changed (an immutable repository) and holds the very same image already is a success, with the status
/// Unchanged; with another image it is an error before anything is pushed. Without -Provenance the image is one plain manifest, which
/// Lambda takes too and which leaves no untagged children behind.</para>
/// <para>-Verbose shows what the steps print. In GitHub Actions the outputs 'image' and 'digest' are set for the steps that follow. Each
/// publish leaves the image in docker's own store as well, when the builder is docker itself. -RemoveLocal removes it again, as 'docker
/// image rm' with its ImageUri does; 'docker image prune' does not, for it has a tag.</para>
/// <para>A docker engine that runs elsewhere (Docker Desktop, colima, DOCKER_HOST) does not reach a sandbox at 127.0.0.1. It then leaves
/// the image in a file, and the image is pushed from here; -Verbose says so.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist</code>
/// Builds the folder dist for linux/arm64 and pushes it as latest.
/// </example>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service -Tag latest, v1.2.3 -BuildArg @{ VERSION = '1.2.3' } -Secret 'id=npm,env=NPM_TOKEN'</code>
/// Two tags for one image. The secret's value is taken from the environment and is on no command line.
/// </example>
/// <example needs="docker">
/// <code>(Publish-PizzaImage ./dist jwt-pizza-service -Tag $env:GITHUB_SHA).ImageUri</code>
/// The reference to deploy.
/// </example>
/// <example needs="docker and a builder for several platforms">
/// <code>Get-PizzaRepository jwt-pizza -Public | Publish-PizzaImage ./dist -Platform linux/arm64, linux/amd64 -Builder pizza</code>
/// An image for two platforms in ECR Public, built by a builder that can do both; Initialize-PizzaBuilder makes one.
/// </example>
[Cmdlet(VerbsData.Publish, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class PublishPizzaImageCommand : AwsCmdlet
{
    /// <summary>The directory to build; its Dockerfile is taken unless -File names another. Default: the current location.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    public string Path { get; set; } = ".";

    /// <summary>The repository, by name or by URI. A URI tells account and region too; with a tag at its end it tells the tag, unless -Tag
    /// does.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "RepositoryUri")]
    [OneRepositoryName]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string RepositoryName { get; set; } = "";

    /// <summary>A repository of ECR Public (public.ecr.aws). A public repository in the pipeline, and a URI of public.ecr.aws, bring
    /// it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    /// <summary>One or more tags: 1 to 128 letters, digits, '_', '.' and '-'. Default: latest.</summary>
    [Parameter]
    [Alias("Tag", "Tags", "ImageTags")]
    public string[] ImageTag { get; set; } = [Defaults.ImageTag];

    /// <summary>What the image runs on, for example linux/arm64 (the default) or linux/amd64. Several make one image for all of them; that
    /// needs docker's containerd image store or another builder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    /// <summary>The Dockerfile, from the current location or else within the directory. Default: Dockerfile in the directory.</summary>
    [Parameter]
    public string? File { get; set; }

    /// <summary>The stage of the Dockerfile to build. Default: the last.</summary>
    [Parameter]
    public string? Target { get; set; }

    /// <summary>Values for the Dockerfile's ARG instructions: @{ VERSION = '1.2.3' }. The value $null takes the environment variable of
    /// that name. Not for secrets: they stay readable in the image.</summary>
    [Parameter]
    public Hashtable BuildArg { get; set; } = [];

    /// <summary>Secrets for 'RUN --mount=type=secret': 'id=NAME,src=FILE' or 'id=NAME,env=VARIABLE'. A value has no place here.</summary>
    [Parameter]
    public string[] Secret { get; set; } = [];

    /// <summary>Labels for the image: @{ team = 'a' }.</summary>
    [Parameter]
    public Hashtable Label { get; set; } = [];

    /// <summary>Run every step anew.</summary>
    [Parameter]
    public SwitchParameter NoCache { get; set; }

    /// <summary>Where docker may find results of earlier builds, in docker's own words: 'type=gha',
    /// 'type=registry,ref=HOST/NAME:cache'.</summary>
    [Parameter]
    public string[] CacheFrom { get; set; } = [];

    /// <summary>Where docker shall leave its results: 'type=gha,mode=max', 'type=inline'.</summary>
    [Parameter]
    public string[] CacheTo { get; set; } = [];

    /// <summary>The buildx builder, as 'docker buildx ls' names it; Initialize-PizzaBuilder in the pipeline brings it. Default: the current
    /// one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BuilderCompleter))]
    public string? Builder { get; set; }

    /// <summary>Look for a program in the pushed image, and compare the processor that its header names with the platform. Reads layers of
    /// up to 100 MB back, the last one first; needs ecr:GetDownloadUrlForLayer.</summary>
    [Parameter]
    public SwitchParameter VerifyBinaries { get; set; }

    /// <summary>Attach a provenance attestation. The image becomes an index with an untagged child for each.</summary>
    [Parameter]
    public SwitchParameter Provenance { get; set; }

    /// <summary>Specifies the account that owns the registry, by its 12 digits. The default is the account of a URI, and then the caller's
    /// own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Removes the image from docker's own store after the push. The build cache stays, so the next build is as fast.</summary>
    [Parameter]
    public SwitchParameter RemoveLocal { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        (Path, RepositoryName) = TypedPlaces.InOrder(Path, RepositoryName, IsPath);
        ImageReference repository = ImageReference.Parse(RepositoryName);
        RepositoryReference place = repository.Place(RegistryId, CurrentRegion, Public);
        PublishRequest request = new()
        {
            Repository = repository,
            Tags = IsBound(nameof(ImageTag)) || repository.Tag is not { } tag ? [.. ImageTag.Select(Ecr.ImageTag.Parse)] : [tag],
            Build = Build(),
            VerifyBinaries = VerifyBinaries, RemoveLocal = RemoveLocal,
        };
        string what = $"Build {request.Build.Directory} for {string.Join(", ", request.Build.Platforms)} and push";
        if (!ShouldProcess($"{repository.Repository}:{string.Join(", ", request.Tags)}", what)) return;
        await TryAsync(() => WithBarAsync($"Publishing {repository.Repository}", async listener =>
            WriteObject(
                await new PublishService(Registries.OfAws(SessionFor(Typed(place.Region)), repository, place.RegistryId, place.IsPublic),
                    listener).PublishAsync(request, cancellationToken))), RepositoryName);
    }

    private BuildRequest Build()
    {
        string directory = FilePath(Path);
        return new()
        {
            Directory = directory,
            File = File is null
                ? null : FilePath(File) is var file && System.IO.File.Exists(file) ? file : System.IO.Path.Combine(directory, File),
            WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
            Platforms = Ecr.Platform.ParseAll(Platform),
            Target = Target,
            BuildArgs = BuildArg.Cast<DictionaryEntry>()
                .ToDictionary(e => $"{e.Key}", e => e.Value is null ? null : FormattableString.Invariant($"{e.Value}")),
            Secrets = [.. Secret.Select(BuildSecret.Parse)],
            Labels = Label.Cast<DictionaryEntry>().ToDictionary(e => $"{e.Key}", e => FormattableString.Invariant($"{e.Value}")),
            NoCache = NoCache,
            CacheFrom = [.. CacheFrom.Select(CacheOption.Parse)],
            CacheTo = [.. CacheTo.Select(CacheOption.Parse)],
            Builder = Builder,
            Provenance = Provenance,
        };
    }
}
