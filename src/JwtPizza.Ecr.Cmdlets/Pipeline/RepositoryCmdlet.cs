using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// Base of the cmdlets that act upon repositories of a registry, by name or by URI, and some by patterns: the trouble of one does not
/// end the others. What differs is overridden: how the repositories are named, whether ECR Public is meant too.
/// </summary>
public abstract class RepositoryCmdlet : AwsCmdlet
{
    /// <summary>Specifies the repositories, by name or by URI. A URI also names the account and the region.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public virtual string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the account that owns the registry, by its 12 digits. The default is the account of a URI, and then the caller's
    /// own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RegistryId { get; set; }

    /// <summary>Filled by the pipeline: the repository is one of ECR Public. What ECR Public does not have is refused for it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public virtual SwitchParameter Public { get; set; }

    /// <summary>Whether the cmdlet works on repositories of ECR Public too.</summary>
    private protected virtual bool TakesPublic => false;

    /// <summary>Whether to read what the gallery of ECR Public shows of its repositories.</summary>
    private protected virtual bool IncludeCatalog => false;

    /// <summary>ECR, for the registry that the record at hand names.</summary>
    private protected EcrClient Registry => Aws.Ecr.For(RegistryId);

    /// <summary>The work of one repository, for a cmdlet that names each exactly.</summary>
    private protected virtual Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken) => Task.CompletedTask;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        foreach (string name in RepositoryName)
            await TryAsync(() => AtAsync(name, bare => ProcessAsync(Ecr.RepositoryName.Parse(bare), cancellationToken)), name);
    }

    /// <summary>Does the work for each repository that names and patterns with wildcards mean. A name without wildcards that does not exist
    /// is an error.</summary>
    /// <returns>Whether all of it went well.</returns>
    private protected async Task<bool> EachAsync(Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        bool well = true;
        foreach (string name in RepositoryName)
            well &= await TryAsync(() => AtAsync(name, async bare => well &= await EachAsync(bare, work, cancellationToken)), name);
        return well;
    }

    private async Task<bool> EachAsync(string name, Func<Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            await work(await GetAsync(name, cancellationToken), cancellationToken);
            return true;
        }
        bool well = true;
        Func<string, bool> fits = NamePattern.Of(name);
        await foreach (Repository repository in Public
            ? PublicRepositories.FindAsync(fits, cancellationToken) : new RepositoryService(Registry).FindAsync(fits, cancellationToken))
            well &= await TryAsync(() => work(repository, cancellationToken), repository);
        return well;
    }

    internal override string? Current(string parameter) => parameter == nameof(RegistryId) ? RegistryId : base.Current(parameter);

    private PublicRepositoryService PublicRepositories =>
        new(Aws.EcrPublic.For(RegistryId), WriteVerbose) { IncludeCatalog = IncludeCatalog };

    private Task<Repository> GetAsync(string name, CancellationToken cancellationToken) => Public
        ? PublicRepositories.GetAsync(Ecr.RepositoryName.ParsePublic(name).Value, cancellationToken)
        : new RepositoryService(Registry).GetAsync(Ecr.RepositoryName.Parse(name).Value, cancellationToken);

    /// <summary>Does the work where a repository is: a URI names its account and region, which -RegistryId and -Region may not
    /// contradict.</summary>
    private async Task AtAsync(string repository, Func<string, Task> work)
    {
        RepositoryReference place = PlaceOf(repository, RegistryId, Public, TakesPublic);
        (string? registryId, string? region, SwitchParameter isPublic) = (RegistryId, CurrentRegion, Public);
        (RegistryId, CurrentRegion, Public) = (place.RegistryId, place.Region, place.IsPublic);
        try { await work(place.Name); }
        finally { (RegistryId, CurrentRegion, Public) = (registryId, region, isPublic); }
    }
}
