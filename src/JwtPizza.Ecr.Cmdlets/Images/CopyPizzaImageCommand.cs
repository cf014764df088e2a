using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Copies images within Amazon ECR: to another tag, repository, region or account.</summary>
/// <remarks>
/// <para>The copy has the same digest: manifests go over byte for byte, an index (one image for several platforms) with all its children. Within a repository only the tag is set. To another repository of the same registry layers are mounted where the registry allows blob mounting; else they stream through this machine, without docker and without its disk, and what is there already is not sent again.</para>
/// <para>Tags at the destination: -DestinationTag, else the tag in -Destination, else those of the source. One that leads to this very image counts as done (AlreadyThere), one that is immutable and leads to another image is an error before anything is sent. Afterwards the tags are read back. Signatures and other referrers are images of their own; copy them too if you need them.</para>
/// <para>Needs at the source ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, and at the destination what a push needs (Grant-PizzaCiPolicy); within one repository ecr:BatchGetImage and ecr:PutImage do.</para>
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
[Cmdlet(VerbsCommon.Copy, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(CopiedImage))]
public sealed class CopyPizzaImageCommand : PushingCmdlet
{
    /// <summary>The image: name:tag, name@sha256:..., or a URI of these forms; a name alone means its tag latest. From the pipeline, the image that comes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Source")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The repository to copy to, by name or URI, with a tag at its end if you like (name:tag). Default: that of the source, which gets one more -DestinationTag, or has one of the same name in the -DestinationRegion.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string? Destination { get; set; }

    /// <summary>The digest of the image to copy; images in the pipeline bring it along.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>Specifies the tag of the image to copy; images in the pipeline bring theirs. The copy has the same tags, unless -DestinationTag or -Destination names others.</summary>
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

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => CopyAsync(name, cancellationToken), name);
    }

    private Task CopyAsync(string name, CancellationToken cancellationToken)
    {
        if (Public) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, name);
        ImageReference from = ImageReference.Parse(name);
        return CopyAsync(from, To(from), cancellationToken);
    }

    private ImageReference To(ImageReference from) =>
        Destination is not null ? ImageReference.Parse(Destination)
        : DestinationTag.Length > 0 || (DestinationRegion ?? DestinationRegistryId ?? DestinationProfileName) is not null ? ImageReference.Parse(from.Repository.Value)
        : throw new PizzaException("NoCopyDestination", PizzaErrorKind.InvalidArgument, $"Where is {from} to be copied to? Name a repository with -Destination, another tag in the same repository with -DestinationTag, or a region with -DestinationRegion.", $"{from}");

    private async Task CopyAsync(ImageReference from, ImageReference to, CancellationToken cancellationToken)
    {
        string[] tags = Tags(from, to);
        if (to.Digest is not null) throw ErrorCatalog.InvalidImageReference($"{to}", "it names a digest, which a copy takes from its source");
        RepositoryReference place = from.Place(RegistryId, Region), target = to.Place(DestinationRegistryId, DestinationRegion);
        if (place.IsPublic || target.IsPublic) throw PrivateOnly.Refusal(MyInvocation.MyCommand.Name, (place.IsPublic ? place : target).Text);
        AwsSession source = SessionFor(Typed(place.Region)), destination = DestinationSession(target.Region, source);
        string? account = place.RegistryId, other = target.RegistryId ?? (Destination is null && DestinationProfileName is null ? account : null);
        if (from is { Host: not null, RegistryId: null }) account ??= (await PushTarget.FindAsync(source, from, null, cancellationToken)).RegistryId;   // the host may be none of ours
        CopiedImage? copied = null;
        await WithBarAsync($"Copying {from} to {to}", async listener =>
        {
            CopyService service = new(source, account, destination, other, listener);
            CopyPlan plan = await service.PlanAsync(from.Repository.Value, Id(from), to, tags, cancellationToken);
            if (!plan.IsChange) WriteVerbose($"{to.Repository}: {plan.ImageDigest} is there already{(tags.Length > 0 ? " as " + string.Join(", ", tags) : "")}; nothing changed.");
            else if (!ShouldProcess(plan.Description, $"{plan.Description}. Continue?", "Copy-PizzaImage")) return;
            copied = await service.RunAsync(plan, cancellationToken);
        });
        if (copied is not null) WriteObject(copied);
    }

    private AwsSession DestinationSession(string? region, AwsSession source)
    {
        AwsOptions typed = Typed(region ?? source.Region);
        return SessionFor(DestinationProfileName is null ? typed : new() { ProfileName = DestinationProfileName, Region = typed.Region, EndpointUrl = typed.EndpointUrl });
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

    private ImageId Id(ImageReference from) =>
        IsNamed(from) ? new() { ImageDigest = from.Digest?.Value ?? Digest.Parse(ImageDigest!).Value }
        : from.Tag is { } tag ? new() { ImageTag = tag.Value }
        : ImageTag?.FirstOrDefault(t => !string.IsNullOrEmpty(t)) is { } first ? new() { ImageTag = Ecr.ImageTag.Parse(first).Value }
        : new() { ImageTag = Defaults.ImageTag };
}
