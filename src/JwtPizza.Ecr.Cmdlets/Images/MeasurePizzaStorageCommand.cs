using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Measures the size and the cost of the images in Amazon ECR.</summary>
/// <remarks>
/// <para>The sizes that ECR lists cannot be added up. Images share layers, and ECR stores and bills each layer of a repository once.
/// Therefore, the cmdlet reads the manifests, a hundred per call, and counts each layer, configuration, and manifest once. Archived images
/// are not counted.</para>
/// <para>The cmdlet returns one object for each repository, with the size of its untagged images that are not needed (Clear-PizzaImage
/// deletes them). With -Total, it returns one object for all repositories. That object compares the size with the free tier of 500 MB. It
/// also shows the cost of what exceeds it, at 0.10 USD per GB and month. Scanning, KMS, and data transfer are billed separately.</para>
/// <para>ECR can count the reading of a manifest as a pull and record it in LastRecordedPullTime.</para>
/// </remarks>
/// <example>
/// <code>Measure-PizzaStorage -Total</code>
/// Compares the whole registry with the free tier.
/// </example>
/// <example>
/// <code>Measure-PizzaStorage team-a/* | Sort-Object StorageInBytes -Descending | Select-Object -First 5</code>
/// Gets the five largest repositories of a team.
/// </example>
/// <example>
/// <code>Measure-PizzaStorage | Where-Object UntaggedInBytes -gt 100MB | Clear-PizzaImage -OlderThan 7</code>
/// Cleans up the repositories where it is worthwhile.
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "PizzaStorage")]
[OutputType(typeof(StorageUsage), typeof(StorageTotal))]
public sealed class MeasurePizzaStorageCommand : RepositoryCmdlet
{
    private readonly Dictionary<(AwsSession, string?), StorageMeter> _meters = [];
    private readonly HashSet<StorageMeter?> _incomplete = [];   // null: of a registry that could not be called

    /// <summary>Specifies the repositories, by name. Wildcards are supported. The default is all repositories of the registry. A name
    /// without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>Indicates that the cmdlet returns one object for all repositories of a registry, instead of one for each. If one of them
    /// cannot be read, it returns no object.</summary>
    [Parameter]
    public SwitchParameter Total { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachAsync<MeasurePizzaStorageCommand>((self, repository, token) => self.MeasureAsync(repository, token), cancellationToken);

    private protected override void OnFailed()
    {
        StorageMeter? meter = null;
        try { meter = Meter(); }
        catch (PizzaException) { }   // where AWS cannot be called nothing was measured
        _incomplete.Add(meter);
    }

    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        if (Total && _meters.Count == 0 && _incomplete.Count == 0) _ = Meter();   // no repository fits, which is a total of nothing
        foreach (((AwsSession aws, _), StorageMeter meter) in _meters.Where(_ => Total))
        {
            if (_incomplete.Contains(meter))
                WriteWarning(
                    $"There is no total for {aws.Region}, because not all repositories could be read. " +
                    "Without -Total, those that could be read are shown.");
            else WriteObject(meter.Total());
        }
        return Task.CompletedTask;
    }

    private async Task MeasureAsync(Repository repository, CancellationToken cancellationToken)
    {
        StorageMeter meter = Meter();
        ProgressRecord bar = new(1, $"Measuring {repository.RepositoryName}", "asking ECR");
        StorageUsage usage = await WithBarAsync<int, StorageUsage>(bar, count => bar.StatusDescription = $"{count} images",
            progress => meter.MeasureAsync(repository, progress.Report, cancellationToken));
        if (Total) WriteVerbose($"{usage}");
        else WriteObject(usage);
    }

    /// <summary>That of the registry at hand.</summary>
    private StorageMeter Meter()
    {
        AwsSession aws = Aws;
        return _meters.TryGetValue((aws, RegistryId), out StorageMeter? meter)
            ? meter : _meters[(aws, RegistryId)] = new(Registry, aws.Region);
    }
}
