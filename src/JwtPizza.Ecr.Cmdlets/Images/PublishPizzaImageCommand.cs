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
/// <para>Runs 'docker buildx build --push' with a separate login. The password is not visible to others, your docker settings do not
/// change, and nothing of the login remains afterwards. The default is the platform linux/arm64 and the tag latest. After the push, the
/// cmdlet reads the digest, platform, and size back from ECR, as far as your permissions allow.</para>
/// <para>An immutable tag that already refers to the same image is a success, with the status Unchanged. If it refers to another image, the
/// cmdlet reports an error before anything is pushed. Without -Provenance, the image is a single manifest, which Lambda also accepts and
/// which leaves no untagged children behind.</para>
/// <para>-Verbose shows what the steps print. In GitHub Actions the outputs 'image' and 'digest' are set for the steps that follow. Each
/// publish leaves the image in docker's own store as well, when the builder is docker itself. -RemoveLocal removes it again, as 'docker
/// image rm' with its ImageUri does; 'docker image prune' does not, for it has a tag.</para>
/// <para>A docker engine that runs elsewhere (Docker Desktop, colima, DOCKER_HOST) cannot reach a sandbox at 127.0.0.1. In this case, the
/// engine writes the image to a file, and the cmdlet pushes it from this machine. -Verbose says so.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./dist</code>
/// Builds the directory dist for linux/arm64 and pushes it as latest.
/// </example>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service -Tag latest, v1.2.3 -BuildArg @{ VERSION = '1.2.3' } -Secret 'id=npm,env=NPM_TOKEN'</code>
/// Publishes one image under two tags. The value of the secret comes from the environment and is not on any command line.
/// </example>
/// <example needs="docker">
/// <code>(Publish-PizzaImage ./dist jwt-pizza-service -Tag $env:GITHUB_SHA).ImageUri</code>
/// Gets the image reference to deploy.
/// </example>
/// <example needs="docker and a builder for several platforms">
/// <code>Get-PizzaRepository jwt-pizza -Public | Publish-PizzaImage ./dist -Platform linux/arm64, linux/amd64 -Builder pizza</code>
/// Publishes an image for two platforms to ECR Public, with a builder that supports both. Initialize-PizzaBuilder creates one.
/// </example>
[Cmdlet(VerbsData.Publish, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class PublishPizzaImageCommand : AwsCmdlet
{
    /// <summary>Specifies the directory to build. Its Dockerfile is used unless -File specifies another. The default is the current
    /// location.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    public string Path { get; set; } = ".";

    /// <summary>Specifies the repository, by name or by URI. A URI also names the account and the region. A tag at the end of the URI
    /// specifies the image tag, unless -Tag does.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "RepositoryUri")]
    [OneRepositoryName]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string RepositoryName { get; set; } = "";

    /// <summary>Indicates that the repository is in ECR Public (public.ecr.aws). A public repository from the pipeline or a URI of
    /// public.ecr.aws sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    /// <summary>Specifies the image tags. Each has 1 to 128 characters (letters, digits, '_', '.', '-'). The default is latest.</summary>
    [Parameter]
    [Alias("Tag", "Tags", "ImageTags")]
    public string[] ImageTag { get; set; } = [Defaults.ImageTag];

    /// <summary>Specifies the platforms that the image runs on, for example linux/arm64 or linux/amd64. The default is linux/arm64. Several
    /// platforms make one image for all of them, which requires docker's containerd image store or another builder.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [Defaults.Platform];

    /// <summary>Specifies the Dockerfile, relative to the current location or otherwise to the directory. The default is Dockerfile in the
    /// directory.</summary>
    [Parameter]
    public string? File { get; set; }

    /// <summary>Specifies the stage of the Dockerfile to build. The default is the last stage.</summary>
    [Parameter]
    public string? Target { get; set; }

    /// <summary>Specifies values for the Dockerfile's ARG instructions: @{ VERSION = '1.2.3' }. The value $null uses the environment
    /// variable of that name. Do not use this parameter for secrets, because the values stay readable in the image.</summary>
    [Parameter]
    public Hashtable BuildArg { get; set; } = [];

    /// <summary>Specifies secrets for 'RUN --mount=type=secret', as 'id=NAME,src=FILE' or 'id=NAME,env=VARIABLE'. You cannot specify the
    /// value itself.</summary>
    [Parameter]
    public string[] Secret { get; set; } = [];

    /// <summary>Specifies labels for the image: @{ team = 'a' }.</summary>
    [Parameter]
    public Hashtable Label { get; set; } = [];

    /// <summary>Indicates that every step runs again, without the build cache.</summary>
    [Parameter]
    public SwitchParameter NoCache { get; set; }

    /// <summary>Specifies where to import the build cache from, in buildx syntax: 'type=gha',
    /// 'type=registry,ref=HOST/NAME:cache'.</summary>
    [Parameter]
    public string[] CacheFrom { get; set; } = [];

    /// <summary>Specifies where to export the build cache, in buildx syntax: 'type=gha,mode=max', 'type=inline'.</summary>
    [Parameter]
    public string[] CacheTo { get; set; } = [];

    /// <summary>Specifies the buildx builder, as 'docker buildx ls' lists it. Initialize-PizzaBuilder in the pipeline supplies it. The
    /// default is the current builder.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BuilderCompleter))]
    public string? Builder { get; set; }

    /// <summary>Indicates that the cmdlet finds a program in the pushed image, and compares the processor in its header with the platform.
    /// It reads back layers of up to 100 MB, starting with the last one. This requires the permission ecr:GetDownloadUrlForLayer.</summary>
    [Parameter]
    public SwitchParameter VerifyBinaries { get; set; }

    /// <summary>Indicates that a provenance attestation is attached. The image becomes an index with untagged children.</summary>
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
                await new PublishService(
                    Registries.OfAws(SessionFor(OptionsFor(place.Region)), repository, place.RegistryId, place.IsPublic),
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
