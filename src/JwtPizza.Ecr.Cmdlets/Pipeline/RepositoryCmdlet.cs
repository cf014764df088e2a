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

    /// <summary>Indicates that the repository is in ECR Public. The pipeline sets this parameter. Features that ECR Public does not support
    /// are rejected.</summary>
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
        {
            await StartAsync<RepositoryCmdlet>(
                (self, token) => self.ProcessAsync(Ecr.RepositoryName.Parse(self.At(name)), token), name, cancellationToken);
        }
    }

    /// <summary>Does the work for each repository that names and patterns with wildcards mean. A name without wildcards that does not exist
    /// is an error.</summary>
    /// <param name="work">The work, which is done by the copy of the cmdlet that it is given.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    private protected async Task EachAsync<T>(Func<T, Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
        where T : RepositoryCmdlet
    {
        foreach (string name in RepositoryName)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
                await StartAsync<T>((self, token) => OfNameAsync(self, name, work, token), name, cancellationToken);
            else if (!await TryAsync(() => OfPatternAsync(name, work, cancellationToken), name)) OnFailed();
        }
    }

    private static async Task OfNameAsync<T>(
        T self, string name, Func<T, Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
        where T : RepositoryCmdlet =>
        await work(self, await self.GetAsync(self.At(name), cancellationToken), cancellationToken);

    private async Task OfPatternAsync<T>(
        string text, Func<T, Repository, CancellationToken, Task> work, CancellationToken cancellationToken)
        where T : RepositoryCmdlet
    {
        RepositoryCmdlet there = (RepositoryCmdlet)MemberwiseClone();
        Func<string, bool> fits = NamePattern.Of(there.At(text));
        IAsyncEnumerable<Repository> found = there.Public
            ? there.PublicRepositories.FindAsync(fits, cancellationToken)
            : new RepositoryService(there.Registry).FindAsync(fits, cancellationToken);
        await foreach (Repository repository in found)
            await there.StartAsync<T>((self, token) => work(self, repository, token), repository, cancellationToken);
    }

    internal override string? Current(string parameter) => parameter == nameof(RegistryId) ? RegistryId : base.Current(parameter);

    private PublicRepositoryService PublicRepositories =>
        new(Aws.EcrPublic.For(RegistryId), WriteVerbose) { IncludeCatalog = IncludeCatalog };

    private Task<Repository> GetAsync(string name, CancellationToken cancellationToken) => Public
        ? PublicRepositories.GetAsync(Ecr.RepositoryName.ParsePublic(name).Value, cancellationToken)
        : new RepositoryService(Registry).GetAsync(Ecr.RepositoryName.Parse(name).Value, cancellationToken);

    /// <summary>Goes where a repository is: a URI names its account and region, which -RegistryId and -Region may not contradict.</summary>
    /// <returns>The name alone.</returns>
    private string At(string repository)
    {
        RepositoryReference place = PlaceOf(repository, RegistryId, Public, TakesPublic);
        (RegistryId, CurrentRegion, Public) = (place.RegistryId, place.Region, place.IsPublic);
        return place.Name;
    }
}
