using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Workflows;

namespace JwtPizza.Ecr.Cmdlets.Workflows;

/// <summary>Updates an Amazon ECS service to run the image that was just pushed, and waits until it does.</summary>
/// <remarks>
/// <para>ECS starts new tasks, which pull the image again, and stops the old tasks when the new ones run. The default name of the cluster
/// and the service is the last part of the repository name, as with Grant-PizzaCiPolicy.</para>
/// <para>If you specify an image, from Publish-PizzaImage or with -ImageUri, the cmdlet checks the service's task definition. If the task
/// definition names another tag or digest, the cmdlet registers a revision with this image, in which nothing else changes. An image for
/// another processor than the task definition's runtimePlatform is rejected before anything changes.</para>
/// <para>The cmdlet waits until all tasks are new. If tasks stop instead, the Status of the output is Failed, and the error
/// DeploymentFailed explains which tasks, why, and what to do. A failure that can only repeat (an image that is missing or cannot run) is
/// reported at the first task, and any other at the third. ECS itself continues to try, unless the service has a circuit breaker. Ctrl+C
/// ends the wait, not the deployment.</para>
/// <para>ImageUri and ImageDigest of the result are read back from the running tasks. They are empty if the tasks were not read.</para>
/// <para>To start a deployment, only ecs:UpdateService is required, which Grant-PizzaCiPolicy grants. Its -IncludeDeploy grants every
/// permission used here. Waiting requires ecs:DescribeServices. Without it, the cmdlet writes a warning and does not wait. The reasons of
/// stopped tasks and the running image require ecs:ListTasks and ecs:DescribeTasks. A new image requires ecs:DescribeTaskDefinition,
/// ecs:RegisterTaskDefinition, and iam:PassRole on the roles of the task definition. If one of these is missing, the cmdlet returns an
/// error and deploys nothing.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service -Tag $env:GITHUB_SHA | Update-PizzaService</code>
/// Builds and pushes an image, registers a revision of the task definition with exactly this image, and waits until it runs.
/// </example>
/// <example>
/// <code>Update-PizzaService jwt-pizza-service</code>
/// Redeploys the service jwt-pizza-service of the cluster of the same name, which pulls the image of its task definition again.
/// </example>
/// <example needs="AWS">
/// <code>Update-PizzaService -Cluster team-a -Service api -ImageUri 123456789012.dkr.ecr.us-east-1.amazonaws.com/api:v1.2.2 -Container web</code>
/// Returns to an earlier image, in one of several containers.
/// </example>
[Cmdlet(VerbsData.Update, "PizzaService", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceDeployment))]
public sealed class UpdatePizzaServiceCommand : AwsCmdlet
{
    /// <summary>Specifies the repository of the image. The last part of its name is the default for -Cluster and -Service.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the ECS cluster, by name or ARN. The default is the last part of the repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string? Cluster { get; set; }

    /// <summary>Specifies the ECS service, by name or ARN. The default is the last part of the repository name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Specifies the image to run, with a tag or digest. A published image from the pipeline supplies it. The default is the image
    /// in the service's task definition.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ImageUri { get; set; }

    /// <summary>Specifies the digest of the published image, which the tasks must run. The pipeline sets this parameter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    /// <summary>Specifies the platforms that the image runs on, for example linux/arm64. A published image from the pipeline supplies them.
    /// If the platform is known, an image that cannot run is rejected.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public string[] Platform { get; set; } = [];

    /// <summary>Specifies the container of the task definition that runs the image. The default is the container that runs an image of the
    /// same repository, or the only container.</summary>
    [Parameter]
    public string? Container { get; set; }

    /// <summary>Indicates that the cmdlet does not wait until the new tasks run.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Specifies the maximum number of seconds to wait. The default is 600.</summary>
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
            $"{Aws.Region}{(plan.Difference is { } lines ? $" with a new revision of its task definition:\n{lines}" : " again")}";
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
                $"{e.Message} -NoWait skips the wait.");
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
        "No service is specified. Name the repository if the cluster and the service have its name, or name both with -Cluster and " +
        "-Service.");
}
