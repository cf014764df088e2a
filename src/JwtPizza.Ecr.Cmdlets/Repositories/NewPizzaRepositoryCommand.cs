using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Creates repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>The cmdlet checks names against ECR's rule before it sends anything. Images are scanned when they are pushed, unless you specify
/// -ScanOnPush:$false.</para>
/// <para>With -Force, a repository that already exists is not an error. The cmdlet returns it, and updates the settings that you specify.
/// If you run the same command twice, the second run changes nothing.</para>
/// <para>-Public creates the repository in ECR Public, from which anyone can pull. Its gallery (https://gallery.ecr.aws) shows
/// -Description, -AboutText, -UsageText, -OperatingSystem, -Architecture, and -Logo. ECR Public has no settings for tags, scanning, and
/// encryption.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10</code>
/// Creates a repository with a lifecycle policy. You can run the command again.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-a/worker' | New-PizzaRepository -ImageTagMutability IMMUTABLE -MutabilityExclusion latest -Tag @{ team = 'a' }</code>
/// Creates two repositories in which only the tag 'latest' can be moved to another image.
/// </example>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | New-PizzaRepository -Region eu-west-1</code>
/// Makes a repository of the same name and settings in another region.
/// </example>
/// <example needs="docker">
/// <code>New-PizzaRepository jwt-pizza -Public -Force -Description 'Pizza by JWT' -AboutText (Get-Content README.md -Raw) -OperatingSystem Linux -Architecture arm64 | Publish-PizzaImage ./dist</code>
/// Creates a public repository with its gallery page, and publishes the image for it.
/// </example>
[Cmdlet(VerbsCommon.New, "PizzaRepository", SupportsShouldProcess = true)]
[OutputType(typeof(Repository))]
public sealed class NewPizzaRepositoryCommand : RepositorySettingsCmdlet
{
    private static readonly string[] s_ofPrivate =
        [nameof(ScanOnPush), nameof(ImageTagMutability), nameof(MutabilityExclusion), nameof(EncryptionType), nameof(KmsKey)];
    private static readonly string[] s_ofPublic =
        [nameof(Description), nameof(AboutText), nameof(UsageText), nameof(OperatingSystem), nameof(Architecture), nameof(Logo)];

    /// <summary>Scan each image when it is pushed. A new repository does; -ScanOnPush:$false turns it off.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Flag]
    public override SwitchParameter ScanOnPush { get; set; } = true;

    /// <summary>MUTABLE (ECR's default): a tag can be pushed again. IMMUTABLE: it cannot. With -MutabilityExclusion the _WITH_EXCLUSION
    /// forms are implied.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [OneOf("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION")]
    [ArgumentCompleter(typeof(MutabilityCompleter))]
    public override string? ImageTagMutability { get; set; }

    /// <summary>One to five tag patterns with '*' for which the opposite of -ImageTagMutability holds, for example 'latest' or
    /// 'dev-*'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public override string[]? MutabilityExclusion { get; set; }

    /// <summary>Specifies the encryption: AES256 (ECR's default), KMS, or KMS_DSSE. You cannot change it later.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [OneOf("AES256", "KMS", "KMS_DSSE")]
    [ArgumentCompleter(typeof(EncryptionCompleter))]
    public string? EncryptionType { get; set; }

    /// <summary>Specifies the ID, ARN, or alias of a KMS key in the same region, and implies -EncryptionType KMS. With KMS, the default is
    /// the account's own key for ECR.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KmsKey { get; set; }

    /// <summary>Indicates that the repository is in ECR Public (public.ecr.aws), from which anyone can pull. Names have at most 205
    /// characters there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    /// <summary>Specifies one short paragraph for the gallery and its search, with -Public. The maximum is 1,024 characters.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Specifies what the image is, in markdown, with -Public. The maximum is 25,600 characters.</summary>
    [Parameter]
    public string? AboutText { get; set; }

    /// <summary>Specifies how to use the image, in markdown, with -Public. The maximum is 25,600 characters.</summary>
    [Parameter]
    public string? UsageText { get; set; }

    /// <summary>Specifies the operating systems, with -Public. The gallery shows Linux and Windows.</summary>
    [Parameter]
    public string[]? OperatingSystem { get; set; }

    /// <summary>Specifies the architectures, with -Public. The gallery shows ARM, ARM 64, x86, and x86-64. The values arm64 and amd64 are
    /// also accepted.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ArchitectureCompleter))]
    public string[]? Architecture { get; set; }

    /// <summary>Specifies a file with the logo, with -Public. The maximum is 512,000 bytes. The gallery shows the logo for verified
    /// accounts only. The cmdlet sends it with every run, because ECR Public never returns it.</summary>
    [Parameter]
    public string? Logo { get; set; }

    /// <summary>Indicates that the cmdlet accepts a repository that already exists, and updates the settings that you specify.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if ((Public ? s_ofPrivate : s_ofPublic).FirstOrDefault(IsTyped) is { } stray)
            throw ErrorCatalog.SettingNotOffered(stray, Public
                ? $"ECR Public has no -{stray}: leave it out, or create a private repository without -Public."
                : $"-{stray} is for the gallery of ECR Public: add -Public, or leave it out.");
        RepositorySettings settings = Settings().Checked();
        RepositoryCatalog catalog = Public ? Shown().Checked() : new();
        foreach (string name in RepositoryName)
        {
            await StartAsync<NewPizzaRepositoryCommand>(
                (self, token) => self.MakeAsync(name, settings, catalog, token), name, cancellationToken);
        }
    }

    private async Task MakeAsync(string text, RepositorySettings settings, RepositoryCatalog catalog, CancellationToken cancellationToken)
    {
        RepositoryReference place = PlaceOf(text, registryId: null, Public, takesPublic: true);
        RepositoryName name = Public ? Ecr.RepositoryName.ParsePublic(place.Name) : Ecr.RepositoryName.Parse(place.Name);
        AwsSession aws = SessionFor(OptionsFor(place.Region));
        if (place.RegistryId is { } named && await aws.GetAccountAsync(cancellationToken) is var own && named != own)
            throw ErrorCatalog.RegistryMismatch(text, $"is in the account {named}, and the credentials belong to {own}",
                $"A repository is created in the caller's account: use credentials of {named}, or give the name alone.");
        if (!ShouldProcess($"{name} in {(Public ? "ECR Public" : aws.Region)}",
            Force ? "Create repository, or update its settings" : "Create repository"))
            return;
        if (!Force)
        {
            WriteObject(Public
                ? await new PublicRepositoryService(aws.EcrPublic, WriteVerbose)
                    .CreateAsync(name, catalog, settings.Tags, cancellationToken)
                : await new RepositoryService(aws.Ecr).CreateAsync(name, settings, cancellationToken));
            return;
        }
        (Repository repository, IReadOnlyList<string> changes) = Public
            ? await new PublicRepositoryService(aws.EcrPublic, WriteVerbose).EnsureAsync(name, catalog, settings.Tags, cancellationToken)
            : await new RepositoryService(aws.Ecr).EnsureAsync(name, settings, cancellationToken);
        WriteVerbose($"{name}: {(changes.Count == 0 ? "already exists; nothing changed" : string.Join(", ", changes))}");
        WriteObject(repository);
    }

    // the pipeline's settings of a private one
    private RepositorySettings Settings() => Public && !s_ofPrivate.Any(IsTyped) ? new() { Tags = Named().Tags }
        : Named() with { EncryptionType = EncryptionType is { Length: > 0 } type ? type.ToUpperInvariant() : null, KmsKey = Key() };

    /// <summary>The key. One of another region, which a repository from the pipeline brings, is of no use here: the account's own is
    /// used.</summary>
    private string? Key()
    {
        if (string.IsNullOrEmpty(KmsKey)) return null;
        if (IsTyped(nameof(KmsKey)) || !Arn.TryParse(KmsKey, out Arn? key) || key.Region == Aws.Region) return KmsKey;
        WriteWarning(
            $"The key {KmsKey} belongs to {key.Region}. In {Aws.Region}, the account's own key for ECR is used. Name another with " +
            "-KmsKey.");
        return null;
    }

    private RepositoryCatalog Shown() => new()
    {
        Description = Description, AboutText = AboutText, UsageText = UsageText, OperatingSystem = OperatingSystem,
        Architecture = Architecture, Logo = Logo is null ? null : ReadLogo(FilePath(Logo)),
    };

    private static byte[] ReadLogo(string file)
    {
        try { return File.ReadAllBytes(file); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PizzaException("LogoNotReadable", PizzaErrorKind.NotFound,
                $"The logo '{file}' cannot be read: {e.Message} Give an image file of at most 512,000 bytes.", file, e);
        }
    }
}
