using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Copies images to another tag, repository, region, account or registry.</summary>
/// <remarks>
/// <para>The copy has the same digest: manifests go over byte for byte, an index (one image for several platforms) with all its children.
/// Within a repository only the tag is set. To another repository of the same registry layers are mounted where the registry allows blob
/// mounting; else they stream through this machine, without docker and without its disk, and what is there already is not sent
/// again.</para>
/// <para>A name is one of a private repository in Amazon ECR. A URI leads to any registry: ECR, ECR Public (public.ecr.aws), Docker Hub
/// (docker.io), GitHub (ghcr.io) and others, with the logins that docker has for them ('docker login'), or without one where that is
/// enough.</para>
/// <para>Tags at the destination: -DestinationTag, else the tag in -Destination, else those of the source. One that leads to this very
/// image counts as done (Unchanged), one that is immutable and leads to another image is an error before anything is sent. Afterwards the
/// tags are read back. Signatures and other referrers stay unless you say -IncludeReferrers, and a warning says so.</para>
/// <para>Needs at a source in ECR ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, and at a destination there what a push needs
/// (Grant-PizzaCiPolicy); within one repository ecr:BatchGetImage and ecr:PutImage do.</para>
/// </remarks>
/// <example>
/// <code>Copy-PizzaImage jwt-pizza-service:v1.2.3 -DestinationTag prod</code>
/// Gives a release one tag more.
/// </example>
/// <example>
/// <code>Copy-PizzaImage jwt-pizza-service:v1.2.3 prod/jwt-pizza-service -DestinationRegion eu-west-1</code>
/// Promotes a release to another repository in another region, under the same tag.
/// </example>
/// <example needs="a second account">
/// <code>Copy-PizzaImage jwt-pizza-service:latest 210987654321.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service:candidate -DestinationProfileName prod</code>
/// Hands an image to another account, with the credentials of a profile for that account.
/// </example>
/// <example needs="another registry">
/// <code>Copy-PizzaImage ghcr.io/owner/app:1 -Destination jwt-pizza-service</code>
/// Takes an image from GitHub's registry to ECR, without docker.
/// </example>
[Cmdlet(VerbsCommon.Copy, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(CopiedImage))]
public sealed class CopyPizzaImageCommand : RepositoryCmdlet
{
    /// <summary>The image: name:tag or name@sha256:... for one in ECR, or a URI of these forms for one in any registry; without a tag,
    /// latest. From the pipeline, the image that comes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Source")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = [];

    /// <summary>The repository to copy to, by name (in ECR) or URI (in any registry), with a tag at its end if you like (name:tag).
    /// Default: that of the source, which gets one more -DestinationTag, or has one of the same name in the -DestinationRegion.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? Destination { get; set; }

    /// <summary>The digest of the image to copy; images in the pipeline bring it along.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>Specifies the tag of the image to copy; images in the pipeline bring theirs. The copy has the same tags, unless
    /// -DestinationTag or -Destination names others.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("ImageTags")]
    [AllowEmptyCollection]
    [AllowNull]
    public string[]? ImageTag { get; set; }

    /// <summary>Specifies the tags of the copy. The default is the tag in -Destination, and then the tags of the source.</summary>
    [Parameter]
    [Alias("Tag")]
    public string[] DestinationTag { get; set; } = [];

    /// <summary>The region to copy to. Default: that of a URI, else that of the source.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? DestinationRegion { get; set; }

    /// <summary>The 12 digits of the account to copy to. Default: that of a URI, else the caller's own.</summary>
    [Parameter]
    public string? DestinationRegistryId { get; set; }

    /// <summary>A profile of the shared AWS configuration to write with. Default: the credentials that the source is read with.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? DestinationProfileName { get; set; }

    /// <summary>Copy signatures, lists of parts and attestations of the image too, which refer to it. Without it they stay, and a warning
    /// says so.</summary>
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
        : throw new PizzaException("NoCopyDestination", PizzaErrorKind.InvalidArgument, $"Where is {from} to be copied to? Name a " +
            "repository with -Destination, another tag in the same repository with -DestinationTag, or a region with -DestinationRegion.",
                $"{from}");

    private async Task CopyAsync(ImageReference from, ImageReference to, CancellationToken cancellationToken)
    {
        string[] tags = Tags(from, to);
        if (to.Digest is not null)
            throw ErrorCatalog.InvalidImageReference($"{to}", "it names a digest, which a copy takes from its source");
        RepositoryReference place = from.Place(RegistryId, CurrentRegion), target = to.Place(DestinationRegistryId, DestinationRegion);
        AwsSession source = SessionFor(Typed(place.Region)), destination = DestinationSession(target.Region, source);
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
        AwsOptions typed = Typed(region ?? source.Region);
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
