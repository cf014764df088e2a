using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Shows which images a lifecycle policy of Amazon ECR would take, before it does.</summary>
/// <remarks>
/// <para>Each row is an image with the rule that takes it; the table shows for each rule how many images it takes and how many MB they
/// weigh. Layers that an image shares with one that stays are not freed, so that is the most. Nothing is changed, and no row means that no
/// image would go.</para>
/// <para>Without rules the policy in force is tested. With rules (the parameters are those of Set-PizzaLifecycle) what would be in force
/// after Set-PizzaLifecycle with the same parameters is.</para>
/// <para>ECR's own preview is asked. Where the caller lacks the right to it (ecr:StartLifecyclePolicyPreview,
/// ecr:GetLifecyclePolicyPreview), and with -Offline, the module works it out over the images by AWS's description; Source says which it
/// was. A preview that somebody else has started is waited for.</para>
/// <para>An image that a running task or a service of ECS in this region needs has InUseBy set, and a warning is shown. That takes
/// ecs:ListClusters, ListServices, DescribeServices, DescribeTaskDefinition, ListTasks and DescribeTasks; without them it is not known, and
/// -Verbose says so.</para>
/// </remarks>
/// <example>
/// <code>Test-PizzaLifecycle jwt-pizza-service</code>
/// What the policy in force will take at its next run, within 24 hours.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Test-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 | Where-Object InUseBy</code>
/// Whether these rules would take an image that is in use.
/// </example>
/// <example>
/// <code>$images = Get-PizzaImage jwt-pizza-service -IncludeChildren; 5, 10, 20 | ForEach-Object { (Test-PizzaLifecycle jwt-pizza-service -Image $images -KeepLast $_ | Measure-Object ImageSizeInBytes -Sum).Sum / 1MB }</code>
/// How much three different rules would free, without asking AWS again for each.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "PizzaLifecycle", DefaultParameterSetName = "Simple")]
[OutputType(typeof(LifecycleForecast))]
public sealed class TestPizzaLifecycleCommand : LifecycleRulesCmdlet
{
    private readonly Dictionary<AwsSession, Task<ImagesInUse>> _inUse = [];

    /// <summary>Work it out over the images that are there, and do not ask ECR for its preview.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <summary>All images of the repository, from Get-PizzaImage -IncludeChildren: AWS is not asked for anything, and the rules given are
    /// the only ones.</summary>
    [Parameter]
    public LifecycleImage[] Image { get; set; } = [];

    private protected override async Task ActAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        IReadOnlyList<LifecycleForecast> rows = IsBound(nameof(Image)) ? OfImages(name) : await OfRepositoryAsync(name, cancellationToken);
        foreach (LifecycleForecast first in rows.DistinctBy(r => r.Priority))
            WriteVerbose($"{name}: rule {first.Rule?.ToString() ?? $"{first.Priority}"} takes {first.RuleTotal}.");
        if (rows.Count == 0) WriteVerbose($"{name}: no image would be taken.");
        foreach (LifecycleForecast row in rows.Where(r => r.InUseBy is not null))
            WriteWarning(
                $"Rule {row.Priority} would {(row.Action == "transition" ? "archive" : "delete")} " +
                $"{name}{(row.ImageTags is [var tag, ..] ? $":{tag}" : $"@{row.ImageDigest}")}, which {row.InUseBy} needs: " +
                "its next task could not pull it. Deploy another image first, or keep this one with a tag that no rule takes.");
        WriteAll(rows);
    }

    private IReadOnlyList<LifecycleForecast> OfImages(RepositoryName name)
    {
        LifecycleChange change =
            Change() ?? throw LifecycleChange.Incomplete("With -Image, say which rules to test: -KeepLast 10, -Rule, -Policy or the like.");
        return LifecycleForecaster.Of(name.Value, Image, LifecyclePolicy.Of(change.Rules), Now);
    }

    private async Task<IReadOnlyList<LifecycleForecast>> OfRepositoryAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        string policy = await Lifecycles.EffectiveTextAsync(name.Value, Change(), cancellationToken);
        Repository repository = await new RepositoryService(Registry).GetAsync(name.Value, cancellationToken);
        IProgress<string> verbose = new Progress<string>(WriteVerbose), warning = new Progress<string>(WriteWarning);
        AwsSession aws = Aws;
        return await new LifecycleForecaster(Registry, verbose.Report, Now)
            .ForecastAsync(repository, policy, Offline, () => InUseAsync(aws, warning, cancellationToken), cancellationToken);
    }

    private Task<ImagesInUse> InUseAsync(AwsSession aws, IProgress<string> warning, CancellationToken cancellationToken)
    {
        lock (_inUse)   // asked for from within the forecast, on any thread
        {
            return _inUse.TryGetValue(aws, out Task<ImagesInUse>? known)
                ? known : _inUse[aws] = FindInUseAsync(aws, warning, cancellationToken);
        }
    }

    private static async Task<ImagesInUse> FindInUseAsync(AwsSession aws, IProgress<string> warning, CancellationToken cancellationToken)
    {
        string? unknown = null;
        ImagesInUse found = await ImagesInUse.FindAsync(aws.Ecs, why => unknown = why, cancellationToken);
        if (unknown is not null) warning.Report($"{unknown} Images that ECS runs are not pointed out.");
        return found;
    }

    /// <summary>A sandbox has a clock of its own.</summary>
    private DateTimeOffset Now => CalledSandbox?.Now ?? DateTimeOffset.UtcNow;
}
