using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Copies images to another tag, repository, region, account or registry.</summary>
/// <remarks>
/// <para>The copy has the same digest. Manifests are copied byte for byte, and an index (multi-platform image) is copied with all its
/// children. Within a repository, only the tag is set. In another repository of the same registry, layers are mounted where the registry
/// allows blob mounting. Otherwise, they stream through this machine, without docker and without its disk. Content that already exists at
/// the destination is not sent again.</para>
/// <para>A name refers to a private repository in Amazon ECR. A URI can refer to any registry: ECR, ECR Public (public.ecr.aws), Docker Hub
/// (docker.io), GitHub (ghcr.io), and others. The cmdlet uses the logins that docker has for them ('docker login'), or no login where none
/// is required.</para>
/// <para>The tags at the destination are those of -DestinationTag, otherwise the tag in -Destination, otherwise the tags of the source. A
/// tag that already refers to the same image counts as done (Unchanged). An immutable tag that refers to another image is an error before
/// anything is sent. After the copy, the cmdlet reads the tags back. Signatures and other referrers are not copied unless you specify
/// -IncludeReferrers, and a warning says so.</para>
/// <para>A source in ECR requires the permissions of a pull (ecr:BatchGetImage and ecr:GetDownloadUrlForLayer). A destination in ECR
/// requires those of a push (Grant-PizzaCiPolicy).</para>
/// </remarks>
/// <example>
/// <code>Copy-PizzaImage jwt-pizza-service:v1.2.3 -DestinationTag prod</code>
/// Adds a tag to a release.
/// </example>
/// <example>
/// <code>Copy-PizzaImage jwt-pizza-service:v1.2.3 prod/jwt-pizza-service -DestinationRegion eu-west-1</code>
/// Promotes a release to another repository in another region, under the same tag.
/// </example>
/// <example needs="a second account">
/// <code>Copy-PizzaImage jwt-pizza-service:latest 210987654321.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service:candidate -DestinationProfileName prod</code>
/// Copies an image to another account, with the credentials of a profile for that account.
/// </example>
/// <example needs="another registry">
/// <code>Copy-PizzaImage ghcr.io/owner/app:1 -Destination jwt-pizza-service</code>
/// Copies an image from GitHub's registry to ECR, without docker.
/// </example>
[Cmdlet(VerbsCommon.Copy, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(CopiedImage))]
public sealed class CopyPizzaImageCommand : RepositoryCmdlet
{
    /// <summary>Specifies the image: name:tag or name@sha256:... for an image in ECR, or a URI of these forms for an image in any registry.
    /// Without a tag, the tag is latest. Images from the pipeline bind here.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Source")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the repository to copy to, by name (in ECR) or URI (in any registry), optionally with a tag (name:tag). The
    /// default is the source repository with another -DestinationTag, or the repository of the same name in -DestinationRegion.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? Destination { get; set; }

    /// <summary>Specifies the digest of the image to copy. Images from the pipeline supply it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>Specifies the tag of the image to copy. Images from the pipeline supply it. The copy has the same tags, unless
    /// -DestinationTag or -Destination specifies others.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("ImageTags")]
    [AllowEmptyCollection]
    [AllowNull]
    public string[]? ImageTag { get; set; }

    /// <summary>Specifies the tags of the copy. The default is the tag in -Destination, and then the tags of the source.</summary>
    [Parameter]
    [Alias("Tag")]
    public string[] DestinationTag { get; set; } = [];

    /// <summary>Specifies the region to copy to. The default is the region of a URI, and then the region of the source.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? DestinationRegion { get; set; }

    /// <summary>Specifies the account to copy to, by its 12 digits. The default is the account of a URI, and then the caller's
    /// own.</summary>
    [Parameter]
    public string? DestinationRegistryId { get; set; }

    /// <summary>Specifies a profile of the shared AWS configuration to write with. The default is the credentials that the source is read
    /// with.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? DestinationProfileName { get; set; }

    /// <summary>Indicates that the cmdlet also copies signatures, software bills of materials (SBOMs), and attestations that refer to the
    /// image. Without this parameter, they are not copied, and a warning says so.</summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    private protected override bool TakesSeveral => false;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await StartAsync<CopyPizzaImageCommand>((self, token) => self.CopyAsync(name, token), name, cancellationToken);
    }

    private Task CopyAsync(string name, CancellationToken cancellationToken)
    {
        ImageReference from = ImageReference.Parse(name);
        return CopyAsync(from, To(from), cancellationToken);
    }

    private ImageReference To(ImageReference from) =>
        Destination is not null ? ImageReference.Parse(Destination)
        : DestinationTag.Length > 0 || (DestinationRegion ?? DestinationRegistryId ?? DestinationProfileName) is not null
            ? from.Host is null || from.RegistryId is not null
                ? ImageReference.Parse(from.Repository.Value) : ImageReference.Parse($"{from.Host}/{from.Repository}")
        : throw new PizzaException("NoCopyDestination", PizzaErrorKind.InvalidArgument, $"No destination is specified for {from}. Name a " +
            "repository with -Destination, another tag in the same repository with -DestinationTag, or a region with -DestinationRegion.",
                $"{from}");

    private async Task CopyAsync(ImageReference from, ImageReference to, CancellationToken cancellationToken)
    {
        string[] tags = Tags(from, to);
        if (to.Digest is not null)
            throw ErrorCatalog.InvalidImageReference($"{to}", "it names a digest, and a copy always has the digest of its source");
        RepositoryReference place = from.Place(RegistryId, CurrentRegion), target = to.Place(DestinationRegistryId, DestinationRegion);
        AwsSession source = SessionFor(OptionsFor(place.Region)), destination = DestinationSession(target.Region, source);
        string? account = place.RegistryId,
            other = target.RegistryId ?? (Destination is null && DestinationProfileName is null ? account : null);
        ImageRepository there = await Registries.OpenAsync(source, from, account, Public, isWritten: false, cancellationToken);
        bool isSame = there is AwsRepository && ReferenceEquals(source, destination) && account == other && place.Name == target.Name
            && (to.Host ?? from.Host) == from.Host && (Destination is null || !Public);
        ImageRepository here = isSame ? there
            : await Registries.OpenAsync(destination, to, other, Public && Destination is null, isWritten: true, cancellationToken);
        CopiedImage? copied = null;
        await WithBarAsync($"Copying {from} to {to}", async listener =>
        {
            ImageMover mover = new(listener) { IncludeReferrers = IncludeReferrers };
            PlannedCopy plan = await mover.PlanCopyAsync(there, Reference(from), here, tags, cancellationToken);
            string what = plan.Plan.Description;
            if (!plan.Plan.IsChange || ShouldProcess(what, $"{what}. Continue?", "Copy-PizzaImage"))
                copied = await mover.CopyAsync(plan, cancellationToken);
        });
        if (copied is not null) WriteObject(copied);
    }

    private AwsSession DestinationSession(string? region, AwsSession source)
    {
        AwsOptions typed = OptionsFor(region ?? source.Region);
        return SessionFor(
            DestinationProfileName is null
                ? typed : new() { ProfileName = DestinationProfileName, Region = typed.Region, EndpointUrl = typed.EndpointUrl });
    }

    private string[] Tags(ImageReference from, ImageReference to)
    {
        string[] tags =
            DestinationTag.Length > 0 ? DestinationTag
            : to.Tag is { } named ? [named.Value]
            : from.Tag is { } own ? [own.Value]
            : ImageTag?.Where(t => !string.IsNullOrEmpty(t)).ToArray() is { Length: > 0 } ofImage ? ofImage
            : IsNamed(from) ? [] : [Defaults.ImageTag];
        return [.. tags.Select(t => Ecr.ImageTag.Parse(t).Value).Distinct()];
    }

    private bool IsNamed(ImageReference from) => from.Digest is not null || !string.IsNullOrEmpty(ImageDigest);

    private string Reference(ImageReference from) =>
        IsNamed(from) ? from.Digest?.Value ?? Digest.Parse(ImageDigest!).Value
        : from.Tag?.Value
            ?? (ImageTag?.FirstOrDefault(t => !string.IsNullOrEmpty(t)) is { } first ? Ecr.ImageTag.Parse(first).Value : Defaults.ImageTag);
}
