using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Replication;

namespace JwtPizza.Ecr.Cmdlets.Replication;

/// <summary>
/// Base of the cmdlets that change what a registry replicates. -Region is the region whose images are copied, as everywhere. The
/// repositories of one pipeline make one change.
/// </summary>
public abstract class ReplicationCmdlet : AwsCmdlet
{
    private readonly List<Asked> _collected = [];

    /// <summary>Specifies the regions that images are replicated to. The region of the images themselves is -Region.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Destination")]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[] DestinationRegion { get; set; } = [];

    /// <summary>Specifies the account that images are replicated to, by its 12 digits. The default is the caller's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("DestinationAccount")]
    public string? DestinationRegistryId { get; set; }

    /// <summary>Specifies repository name prefixes, for example team-a/. The default is all repositories.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string[] Prefix { get; set; } = [];

    /// <summary>Specifies the repositories, by name or by URI. Repositories from the pipeline bind here. Each name is a separate prefix.
    /// ECR supports no other filter, so a prefix also matches repositories with longer names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the account of the repository, which must be the caller's own. The pipeline sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public string? RegistryId { get; set; }

    /// <summary>Indicates that the repository is in ECR Public. The pipeline sets this parameter, and the cmdlet rejects such a
    /// repository.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected sealed override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        if (RepositoryName.Length == 0) await ChangeAsync(Whole(), cancellationToken);
        foreach (string name in RepositoryName) await TryAsync(() => Collect(name), name);
    }

    private protected sealed override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, Asked> group in _collected.GroupBy(a =>
            $"{a.Aws.GetHashCode()} {string.Join(' ', a.DestinationRegion)} {a.DestinationRegistryId} {a.RegistryId}"))
            await TryAsync(() =>
                ChangeAsync(group.First() with { Prefixes = [.. group.SelectMany(a => a.Prefixes!).Distinct()] }, cancellationToken));
    }

    private protected abstract Task ChangeAsync(Asked asked, CancellationToken cancellationToken);

    /// <summary>A rule from the pipeline brings both accounts, and only the destination's is meant; -RegistryId alone must be the caller's
    /// own.</summary>
    private Asked Whole() => new(Aws, DestinationRegion, DestinationRegistryId, IsBound(nameof(Prefix)) ? Prefix : null)
    {
        RegistryId = RegistryId is null || IsBound(nameof(DestinationRegistryId)) ? null : AccountId.Check(RegistryId),
        Text = RegistryId ?? "",
    };

    private Task Collect(string text)
    {
        RepositoryReference place = PlaceOf(text, RegistryId, Public);
        string name = Ecr.RepositoryName.Parse(place.Name).Value;
        _collected.Add(
            new(SessionFor(OptionsFor(place.Region)), DestinationRegion, DestinationRegistryId, [.. Prefix, name])
            {
                RegistryId = place.RegistryId, Text = text,
            });
        return Task.CompletedTask;
    }

    /// <summary>What a change is about.</summary>
    /// <param name="Aws">The registry whose images are copied.</param>
    /// <param name="DestinationRegion">Where to.</param>
    /// <param name="DestinationRegistryId">To whom; null or empty for the same account.</param>
    /// <param name="Prefixes">Of which repositories; null when nothing was said.</param>
    private protected sealed record Asked(
        AwsSession Aws, IReadOnlyList<string> DestinationRegion, string? DestinationRegistryId, IReadOnlyList<string>? Prefixes)
    {
        /// <summary>The account that the repositories are said to be in; null for the caller's own.</summary>
        public string? RegistryId { get; init; }

        /// <summary>A repository, as it was named.</summary>
        public string Text { get; init; } = "";

        public ReplicationService Service { get; } = new(Aws.Ecr, Aws.Region);

        /// <summary>Where to, seen from the registry whose configuration it is.</summary>
        public IReadOnlyList<ReplicationDestination> Destinations(ReplicationConfiguration configuration)
        {
            string own = configuration.Source.RegistryId;
            if (RegistryId is { } other && other != own)
                throw ErrorCatalog.RegistryMismatch(Text,
                    $"is in account {other}, and the credentials belong to {own}: each account sets the replication of its own registry",
                    "Run it with credentials of that account (-ProfileName). Specify the account that receives the images with " +
                    "-DestinationRegistryId.");
            return [.. DestinationRegion.Select(region =>
                ReplicationDestination.Of(region, string.IsNullOrEmpty(DestinationRegistryId) ? own : DestinationRegistryId))];
        }

        /// <summary>The same in words.</summary>
        public string DestinationText =>
            string.Join(", ",
                DestinationRegion.Select(region =>
                    string.IsNullOrEmpty(DestinationRegistryId) ? region : $"{region} of account {DestinationRegistryId}"));
    }
}
