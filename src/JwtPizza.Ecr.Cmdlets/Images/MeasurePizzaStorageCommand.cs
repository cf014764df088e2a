using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;

namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>Measures what the images in Amazon ECR weigh and cost.</summary>
/// <remarks>
/// <para>The sizes that ECR lists cannot be added up: images share layers, and ECR stores and bills each layer of a repository once. So the
/// manifests are read, a hundred a call, and each layer, configuration and manifest counts once. Archived images are not counted.</para>
/// <para>For each repository one object comes out, with what its untagged images take that nothing needs (Clear-PizzaImage removes them).
/// With -Total one object comes out for all of them, against the free tier of 500 MB and with the cost of what is above it, at 0.10 USD per
/// GB and month; scanning, KMS and data transfer are billed apart.</para>
/// <para>Needs ecr:DescribeRepositories, ecr:DescribeImages and ecr:BatchGetImage. ECR may count the reading of a manifest as a pull and
/// record it in LastRecordedPullTime.</para>
/// </remarks>
/// <example>
/// <code>Measure-PizzaStorage -Total</code>
/// All of the registry against the free tier.
/// </example>
/// <example>
/// <code>Measure-PizzaStorage team-a/* | Sort-Object StorageInBytes -Descending | Select-Object -First 5</code>
/// The five heaviest repositories of a team.
/// </example>
/// <example>
/// <code>Measure-PizzaStorage | Where-Object UntaggedInBytes -gt 100MB | Clear-PizzaImage -OlderThan 7</code>
/// Cleans up where it is worth it.
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "PizzaStorage")]
[OutputType(typeof(StorageUsage), typeof(StorageTotal))]
public sealed class MeasurePizzaStorageCommand : RepositoryCmdlet
{
    private readonly Dictionary<(AwsSession, string?), StorageMeter> _meters = [];
    private readonly HashSet<StorageMeter> _incomplete = [];

    /// <summary>Repositories by name, or patterns with wildcards. Default: all repositories of the registry. A name without wildcards that
    /// does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public override string[] RepositoryName { get; set; } = ["*"];

    /// <summary>One object for all repositories of a registry, instead of one for each; none when one of them cannot be read.</summary>
    [Parameter]
    public SwitchParameter Total { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        EachAsync<MeasurePizzaStorageCommand>((self, repository, token) => self.MeasureAsync(repository, token), cancellationToken);

    private protected override void OnFailed()
    {
        try { _incomplete.Add(Meter()); }
        catch (PizzaException) { }   // where AWS cannot be called nothing was measured
    }

    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (((AwsSession aws, _), StorageMeter meter) in _meters.Where(_ => Total))
        {
            if (_incomplete.Contains(meter))
                WriteWarning(
                    $"There is no total for {aws.Region}: not all repositories could be read. " +
                    "Without -Total those that could be are shown.");
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
