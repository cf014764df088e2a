using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Pushes an image that exists already to a repository in Amazon ECR.</summary>
/// <remarks>
/// <para>-Path takes an OCI image layout, a folder or a tar, as 'docker buildx build --output type=oci', skopeo, and 'docker save' since docker 25 write it. No docker is needed for it. Layers go up side by side, each checked against its digest on the way; those that the repository has already are left out, so a push that was broken off goes on where it was.</para>
/// <para>Tags are looked at before anything is sent: one that leads to this very image already counts as pushed, and one that is immutable and leads to another image is an error.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | Push-PizzaImage -Path image.tar -Tag v1.2.3, latest</code>
/// Pushes the image of a tar under two tags.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-b/api' | Push-PizzaImage ./layout -LayoutTag arm64 -Tag latest</code>
/// Pushes one image of a layout that holds several to two repositories.
/// </example>
[Cmdlet(VerbsCommon.Push, "PizzaImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class PushPizzaImageCommand : AwsCmdlet
{
    /// <summary>The repositories, by name or by URI. A tag after the URI is taken when -Tag is not given.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "RepositoryUri")]
    [RepositoryNames]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The account that owns the registry, 12 digits. Default: that of the URI, else the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>An OCI image layout: a folder with index.json, or a tar of one, not compressed.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("PSPath", "FullName")]
    public string Path { get; set; } = "";

    /// <summary>Which image of the layout, by the tag that it has there. Needed when the layout holds several.</summary>
    [Parameter]
    public string? LayoutTag { get; set; }

    /// <summary>The tags to give it. Default: those that the layout gives it, else 'latest'.</summary>
    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string repository in RepositoryName)
            await TryAsync(() => PushAsync(ImageReference.Parse(repository), cancellationToken));
    }

    private async Task PushAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        string[] tags = Tag.Length > 0 ? [.. Tag.Select(t => ImageTag.Parse(t).Value).Distinct()] : reference.Tag is { } tag ? [tag.Value] : [];
        PushTarget target = await PushTarget.FindAsync(Aws, reference, RegistryId, cancellationToken);
        string path = FilePath(Path);
        if (!ShouldProcess($"{target.RepositoryUri}{(tags.Length > 0 ? ":" + string.Join(", :", tags) : "")}", $"Push the image in '{path}'")) return;
        Progress<PushProgress> progress = new(p => Show(target, p));
        WriteObject(await new PushService(Aws, new Progress<string>(WriteVerbose)).PushAsync(target, path, LayoutTag, tags, progress, cancellationToken));
        WriteProgress(new(1, $"Pushing to {target.RepositoryUri}", "Done") { RecordType = ProgressRecordType.Completed });
    }

    private void Show(PushTarget target, PushProgress at) => WriteProgress(new(1, $"Pushing to {target.RepositoryUri}", $"{at.SentBytes / 1e6:0.0} of {at.TotalBytes / 1e6:0.0} MB")
    {
        PercentComplete = at.TotalBytes == 0 ? 100 : (int)Math.Clamp(100 * at.SentBytes / at.TotalBytes, 0, 100),
    });
}
