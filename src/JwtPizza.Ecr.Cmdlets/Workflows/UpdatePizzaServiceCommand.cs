using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Has a service of Amazon ECS run the image that was just pushed, and waits until it does.</summary>
/// <remarks>
/// <para>ECS starts new tasks, which pull the image anew, and stops the old ones when those run. Cluster and service have the last part of
/// the repository's name, as with Grant-PizzaCiPolicy, unless you name them.</para>
/// <para>With an image, from Publish-PizzaImage or -ImageUri, the service's task definition is looked at: when it names another tag or
/// digest, a revision with this image is registered, in which nothing else changes. An image for another processor than the task
/// definition's runtimePlatform is refused before anything is changed.</para>
/// <para>The cmdlet waits until all tasks are new ones. When tasks stop instead, the Status of the output is Failed, and the error
/// DeploymentFailed tells which, why and what to do; what can only fail again (an image that is missing or cannot run) is told at the first
/// task, anything else at the third. ECS itself goes on trying, unless the service has a circuit breaker. Ctrl+C ends the waiting, not the
/// deployment.</para>
/// <para>ImageUri and ImageDigest of the result are read back from the tasks that run; they are empty where the tasks were not
/// asked.</para>
/// <para>To start a deployment ecs:UpdateService is enough, which Grant-PizzaCiPolicy grants; its -IncludeDeploy grants all that is used
/// here. Waiting needs ecs:DescribeServices, without which a warning says so and nothing is waited for. The reasons of stopped tasks and
/// the image that runs need ecs:ListTasks and ecs:DescribeTasks. An image to put in needs ecs:DescribeTaskDefinition,
/// ecs:RegisterTaskDefinition and iam:PassRole on the roles of the task definition; where one is missing, that is an error, and nothing is
/// deployed.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service -Tag $env:GITHUB_SHA | Update-PizzaService</code>
/// Builds, pushes, registers a revision of the task definition with this very image, and waits until it runs.
/// </example>
/// <example>
/// <code>Update-PizzaService jwt-pizza-service</code>
/// The service jwt-pizza-service of the cluster of that name pulls the image of its task definition anew.
/// </example>
/// <example needs="AWS">
/// <code>Update-PizzaService -Cluster team-a -Service api -ImageUri 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:v1.2.2 -Container web</code>
/// Goes back to an earlier image, in one of several containers.
/// </example>
[Cmdlet(VerbsData.Update, "PizzaService", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceDeployment))]
public sealed class UpdatePizzaServiceCommand : AwsCmdlet
{
    /// <summary>The repository of the image; the last part of its name is the default for -Cluster and -Service.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>The ECS cluster, by name or ARN. Default: the last part of the repository's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>The ECS service, by name or ARN. Default: the last part of the repository's name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>The image to run, with tag or digest; a published image brings it. Default: what the service's task definition
    /// names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ImageUri { get; set; }

    /// <summary>Filled by the pipeline: the digest of the published image, which the tasks are to run.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>What the image runs on, for example linux/arm64; a published image brings it. When it is known, an image that cannot run is
    /// refused.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [];

    /// <summary>The container of the task definition that is to run the image. Default: the one that runs an image of the same repository,
    /// or the only one.</summary>
    [Parameter]
    public string? Container { get; set; }

    /// <summary>Do not wait until the new tasks run.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How many seconds to wait at most; 600 unless you say otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 600;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string? named = ImageUri is null ? null : ImageReference.Parse(ImageUri).Repository.Value;
        IEnumerable<string?> names = RepositoryName.Length > 0 ? RepositoryName : new[] { named };
        foreach (string? name in names)
        {
            await StartAsync<UpdatePizzaServiceCommand>(
                (self, token) => self.UpdateAsync(self.At(name), token), name ?? Service, cancellationToken);
        }
    }

    /// <summary>Goes where a repository is; its URI names the region of the service too.</summary>
    private string? At(string? repository)
    {
        if (repository is null || RepositoryName.Length == 0) return repository;
        RepositoryReference place = PlaceOf(repository, takesPublic: true);
        CurrentRegion = place.Region;
        return place.Name;
    }

    private async Task UpdateAsync(string? name, CancellationToken cancellationToken)
    {
        ServiceUpdate wanted = Wanted(name);
        ServiceUpdater updater = new(Aws.Ecs, Aws.Region);
        ServiceUpdatePlan plan = await updater.PlanAsync(wanted, cancellationToken);
        string action =
            $"Deploy the service '{wanted.Service}' of the cluster '{wanted.Cluster}' in " +
            $"{Aws.Region}{(plan.Difference is { } lines ? $" with a new revision of its task definition:\n{lines}" : " anew")}";
        if (!ShouldProcess(action, $"{action}\nContinue?", MyInvocation.MyCommand.Name)) return;
        ServiceDeployment deployment = await updater.StartAsync(plan, cancellationToken) with { RepositoryName = name };
        WriteVerbose($"{deployment.Service}: deployment {deployment.DeploymentId} of {deployment.TaskDefinition} has started.");
        if (!NoWait) deployment = await WaitAsync(updater, deployment, cancellationToken);
        if (deployment.RolloutState == "COMPLETED") deployment = await ReadBackAsync(updater, deployment, wanted, cancellationToken);
        WriteObject(deployment);
    }

    private async Task<ServiceDeployment> WaitAsync(
        ServiceUpdater updater, ServiceDeployment deployment, CancellationToken cancellationToken)
    {
        ProgressRecord bar = new(1, $"Deploying {deployment.Service}", deployment.TaskDefinition);
        WriteProgress(bar);
        try
        {
            return await WithBarAsync<ServiceProgress, ServiceDeployment>(bar,
                now =>
                    (bar.StatusDescription, bar.PercentComplete) =
                        (now.Text, now.Desired == 0 ? -1 : Math.Min(100, 100 * now.Running / now.Desired)),
                progress => updater.WaitAsync(deployment, TimeSpan.FromSeconds(TimeoutSec), progress, cancellationToken));
        }
        catch (PizzaException) when (updater.Failed is not null)
        {
            WriteObject(updater.Failed);
            throw;
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            WriteWarning(
                $"The deployment of '{deployment.Service}' has started, but whether it succeeds is not known: " +
                $"{e.Message} -NoWait leaves this out.");
            return deployment;
        }
    }

    // Who named no image wants a new deployment only, and learns the image where it may be seen.
    private async Task<ServiceDeployment> ReadBackAsync(
        ServiceUpdater updater, ServiceDeployment stable, ServiceUpdate wanted, CancellationToken cancellationToken)
    {
        (ServiceDeployment seen, string? remark) = await updater.ReadBackAsync(stable, wanted, cancellationToken);
        if (remark is not null && wanted.ImageUri is not null) WriteWarning(remark);
        else if (remark is not null) WriteVerbose(remark);
        return seen;
    }

    private ServiceUpdate Wanted(string? repository)
    {
        string? last = repository is null ? null : Ecr.RepositoryName.Parse(repository).Value.Split('/')[^1];
        string cluster = Cluster ?? last ?? throw Unnamed(), service = Service ?? last ?? throw Unnamed();
        if (ImageUri is not null) ImageReference.Parse(ImageUri);
        // An index also lists attestations, whose platform is unknown/unknown.
        return new(cluster, service)
        {
            ImageUri = ImageUri, ImageDigest = ImageDigest, Container = Container,
            Platforms = Ecr.Platform.ParseAll(Platform.Where(p => p != "unknown/unknown")),
        };
    }

    private static PizzaException Unnamed() => new("ServiceUnnamed", PizzaErrorKind.InvalidArgument,
        "Which service? Name the repository, whose name the cluster and the service have, or both with -Cluster and -Service.");
}
