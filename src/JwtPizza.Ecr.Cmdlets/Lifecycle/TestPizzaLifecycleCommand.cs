using System.Management.Automation;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Cmdlets.Lifecycle;

/// <summary>Shows which images an Amazon ECR lifecycle policy would affect before it runs.</summary>
/// <remarks>
/// <para>Each row is an image with the rule that applies to it. The table shows the number of images for each rule and their size in MB.
/// The size is an upper limit, because layers shared with a remaining image are not freed. The cmdlet changes nothing, and an empty result
/// means that no image would be affected.</para>
/// <para>Without rules, the cmdlet tests the policy in force. With rules, it tests the policy that would be in force after
/// Set-PizzaLifecycle with the same parameters. The parameters are those of Set-PizzaLifecycle.</para>
/// <para>The cmdlet uses ECR's own preview. If the caller lacks its permissions (ecr:StartLifecyclePolicyPreview,
/// ecr:GetLifecyclePolicyPreview), or with -Offline, the module evaluates the rules on the images according to AWS's description. Source
/// shows which method was used. If another caller has started a preview, the cmdlet waits for it.</para>
/// <para>If a running task or an ECS service in this region needs an image, InUseBy is set, and the cmdlet shows a warning. This requires
/// the permissions ecs:ListClusters, ListServices, DescribeServices, DescribeTaskDefinition, ListTasks, and DescribeTasks. Without them,
/// the usage is unknown, and -Verbose says so.</para>
/// </remarks>
/// <example>
/// <code>Test-PizzaLifecycle jwt-pizza-service</code>
/// Shows which images the policy in force will affect at its next run, within 24 hours.
/// </example>
/// <example>
/// <code>Get-PizzaRepository team-a/* | Test-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 | Where-Object InUseBy</code>
/// Shows whether these rules would affect an image that is in use.
/// </example>
/// <example>
/// <code>$images = Get-PizzaImage jwt-pizza-service -IncludeChildren; 5, 10, 20 | ForEach-Object { (Test-PizzaLifecycle jwt-pizza-service -Image $images -KeepLast $_ | Measure-Object ImageSizeInBytes -Sum).Sum / 1MB }</code>
/// Shows how much space three different rules would free, without another call to AWS for each rule.
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "PizzaLifecycle", DefaultParameterSetName = "Simple")]
[OutputType(typeof(LifecycleForecast))]
public sealed class TestPizzaLifecycleCommand : LifecycleRulesCmdlet
{
    private readonly Dictionary<AwsSession, Task<ImagesInUse>> _inUse = [];

    /// <summary>Indicates that the cmdlet evaluates the rules on the existing images, and does not request a preview from ECR.</summary>
    [Parameter]
    public SwitchParameter Offline { get; set; }

    /// <summary>Specifies all images of the repository, from Get-PizzaImage -IncludeChildren. The cmdlet then makes no call to AWS, and
    /// tests only the specified rules.</summary>
    [Parameter]
    public LifecycleImage[] Image { get; set; } = [];

    private protected override async Task ActAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        IReadOnlyList<LifecycleForecast> rows = IsBound(nameof(Image)) ? OfImages(name) : await OfRepositoryAsync(name, cancellationToken);
        foreach (LifecycleForecast first in rows.DistinctBy(r => r.Priority))
            WriteVerbose($"{name}: rule {first.Rule?.ToString() ?? $"{first.Priority}"} takes {first.RuleTotal}.");
        if (rows.Count == 0) WriteVerbose($"{name}: no image would be affected.");
        foreach (LifecycleForecast row in rows.Where(r => r.InUseBy is not null))
            WriteWarning(
                $"Rule {row.Priority} would {(row.Action == "transition" ? "archive" : "delete")} " +
                $"{name}{(row.ImageTags is [var tag, ..] ? $":{tag}" : $"@{row.ImageDigest}")}, which {row.InUseBy} needs: " +
                "its next task could not pull it. Deploy another image first, or keep this one with a tag that no rule selects.");
        WriteAll(rows);
    }

    private IReadOnlyList<LifecycleForecast> OfImages(RepositoryName name)
    {
        LifecycleChange change =
            Change() ?? throw LifecycleChange.Incomplete("-Image requires rules to test, for example -KeepLast 10, -Rule or -Policy.");
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
        if (unknown is not null) warning.Report($"{unknown} Images that ECS uses are not marked.");
        return found;
    }

    /// <summary>A sandbox has a clock of its own.</summary>
    private DateTimeOffset Now => CalledSandbox?.Now ?? DateTimeOffset.UtcNow;
}
