using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Repositories;

/// <summary>Creates repositories in Amazon ECR.</summary>
/// <remarks>
/// <para>Names are checked against ECR's rule before anything is sent. Images are scanned when they are pushed, unless you say
/// -ScanOnPush:$false.</para>
/// <para>With -Force a repository that exists already is no error: it is returned, and the settings that you name are brought into line.
/// Running the same line twice changes nothing the second time.</para>
/// <para>-Public creates the repository in ECR Public, from which everybody may pull. Its gallery (https://gallery.ecr.aws) shows
/// -Description, -AboutText, -UsageText, -OperatingSystem, -Architecture and -Logo. ECR Public has no settings of tags, scanning and
/// encryption.</para>
/// </remarks>
/// <example>
/// <code>New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10</code>
/// A repository that cleans itself; the line can be run again.
/// </example>
/// <example>
/// <code>'team-a/api', 'team-a/worker' | New-PizzaRepository -ImageTagMutability IMMUTABLE -MutabilityExclusion latest -Tag @{ team = 'a' }</code>
/// Two repositories in which no tag but 'latest' can be moved to another image.
/// </example>
/// <example>
/// <code>Get-PizzaRepository jwt-pizza-service | New-PizzaRepository -Region eu-west-1</code>
/// Makes a repository of the same name and settings in another region.
/// </example>
/// <example needs="docker">
/// <code>New-PizzaRepository jwt-pizza -Public -Force -Description 'Pizza by JWT' -AboutText (Get-Content README.md -Raw) -OperatingSystem Linux -Architecture arm64 | Publish-PizzaImage ./dist</code>
/// A public repository with its page in the gallery, and the image for it.
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

    /// <summary>AES256 (ECR's default), KMS, or KMS_DSSE. Cannot be changed later.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [OneOf("AES256", "KMS", "KMS_DSSE")]
    [ArgumentCompleter(typeof(EncryptionCompleter))]
    public string? EncryptionType { get; set; }

    /// <summary>Id, ARN or alias of a KMS key in the same region; implies -EncryptionType KMS. Default with KMS: the account's own key for
    /// ECR.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KmsKey { get; set; }

    /// <summary>In ECR Public (public.ecr.aws): everybody may pull. Names have at most 205 characters there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public override SwitchParameter Public { get; set; }

    /// <summary>With -Public: one short paragraph for the gallery and its search, at most 1,024 characters.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>With -Public: what the image is, in markdown, at most 25,600 characters.</summary>
    [Parameter]
    public string? AboutText { get; set; }

    /// <summary>With -Public: how to use it, in markdown, at most 25,600 characters.</summary>
    [Parameter]
    public string? UsageText { get; set; }

    /// <summary>With -Public: the gallery shows Linux and Windows.</summary>
    [Parameter]
    public string[]? OperatingSystem { get; set; }

    /// <summary>With -Public: the gallery shows ARM, ARM 64, x86 and x86-64; arm64 and amd64 are understood.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ArchitectureCompleter))]
    public string[]? Architecture { get; set; }

    /// <summary>With -Public: a file with the logo, at most 512,000 bytes. The gallery shows it for verified accounts only. It is sent with
    /// every run, since ECR Public never gives it back.</summary>
    [Parameter]
    public string? Logo { get; set; }

    /// <summary>Take a repository that exists already, and bring the settings that you name into line.</summary>
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
        AwsSession aws = SessionFor(Typed(place.Region));
        if (place.RegistryId is { } named && await aws.GetAccountAsync(cancellationToken) is var own && named != own)
            throw ErrorCatalog.RegistryMismatch(text, $"is in the account {named}, and the credentials belong to {own}",
                $"A repository is created in the caller's account: use credentials of {named}, or give the name alone.");
        if (!ShouldProcess($"{name} in {(Public ? "ECR Public" : aws.Region)}",
            Force ? "Create repository, or bring it into line" : "Create repository"))
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
        WriteVerbose($"{name}: {(changes.Count == 0 ? "exists already; nothing changed" : string.Join(", ", changes))}");
        WriteObject(repository);
    }

    // the pipeline's settings of a private one
    private RepositorySettings Settings() => Public && !s_ofPrivate.Any(IsTyped) ? new() { Tags = Named().Tags }
        : Named() with { EncryptionType = EncryptionType is { Length: > 0 } type ? type.ToUpperInvariant() : null, KmsKey = Key() };

    /// <summary>The key; that of a repository in another region, which the pipeline brings, is of no use here, and ECR takes the account's
    /// own.</summary>
    private string? Key()
    {
        if (string.IsNullOrEmpty(KmsKey)) return null;
        if (IsTyped(nameof(KmsKey)) || !Arn.TryParse(KmsKey, out Arn? key) || key.Region == Aws.Region) return KmsKey;
        WriteWarning(
            $"The key {KmsKey} is of {key.Region}; in {Aws.Region} the account's own key for ECR is taken. Name another with -KmsKey.");
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
