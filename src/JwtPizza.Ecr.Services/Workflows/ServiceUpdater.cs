using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>Has a service of ECS run new tasks, with the image that its task definition names or with another.</summary>
/// <param name="ecs">ECS in the region at hand.</param>
/// <param name="region">That region.</param>
internal sealed class ServiceUpdater(EcsClient ecs, string region)
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));

    /// <summary>
    /// Works out whether a revision of the task definition is needed. Without an image nothing is asked, so that ecs:UpdateService is all
    /// that a caller needs who does not want to wait.
    /// </summary>
    /// <param name="wanted">What is to be deployed.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException">
    /// <c>ClusterNotFoundException</c>, <c>ServiceNotFoundException</c>, <c>ContainerNotFound</c>, <c>ContainerUnclear</c>,
    /// <c>ImagePlatformMismatch</c>,
    /// <c>AccessDeniedException</c> and <c>ImageNotDeployed</c> where an image cannot be put in. Nothing was changed.
    /// </exception>
    public async Task<ServiceUpdatePlan> PlanAsync(ServiceUpdate wanted, CancellationToken cancellationToken)
    {
        if (wanted.ImageUri is not { } image) return new(wanted, null);
        WholeTaskDefinition definition;
        try
        {
            EcsService service = await FindAsync(wanted, cancellationToken).ConfigureAwait(false);
            if (service.TaskDefinition is not { } arn)
                throw NotPutIn(wanted, null,
                    "Its deployment controller keeps the task definition elsewhere (CodeDeploy, or an external one).");
            definition = await ecs.DescribeWholeTaskDefinitionAsync(arn, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied)
        {
            throw NotPutIn(wanted, e, e.Message);
        }
        RuntimePlatform.Check(definition.TaskDefinition, wanted);
        return new(wanted, TaskDefinitionCopy.With(definition, image, wanted.Container));
    }

    /// <summary>Starts the deployment.</summary>
    /// <param name="plan">From <see cref="PlanAsync"/>.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException"><c>ClusterNotFoundException</c>, <c>ServiceNotFoundException</c>, <c>ServiceNotActiveException</c>,
    /// or what ECS says.</exception>
    public async Task<ServiceDeployment> StartAsync(ServiceUpdatePlan plan, CancellationToken cancellationToken)
    {
        ServiceUpdate wanted = plan.Wanted;
        string? revision = plan.Copy is { IsChange: true } copy
            ? await ecs.RegisterTaskDefinitionAsync(copy.After, cancellationToken).ConfigureAwait(false) : null;
        EcsService service;
        try { service = await ecs.UpdateServiceAsync(wanted.Cluster, wanted.Service, revision, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (revision is not null)
        {
            throw new PizzaException(e.ErrorId, e.Kind,
                $"{e.Message} The revision {Arn.NameIn(revision)} of the task definition was registered, and no service runs it yet.",
                wanted.Service, e);
        }
        catch (PizzaException e) when (Missing(e, wanted) is { } missing) { throw missing; }
        EcsDeployment? primary = service.Deployments.FirstOrDefault(d => d.Status == "PRIMARY");
        return new()
        {
            Cluster = wanted.Cluster, Service = service.ServiceName, ServiceArn = service.ServiceArn, Region = region,
            RolloutState = primary?.RolloutState ?? "IN_PROGRESS",
            TaskDefinition = Arn.NameIn(primary?.TaskDefinition ?? revision ?? service.TaskDefinition ?? ""),
            IsNewRevision = revision is not null, DeploymentId = primary?.Id ?? "",
            DesiredCount = service.DesiredCount, RunningCount = primary?.RunningCount ?? 0,
        };
    }

    /// <summary>The deployment that failed while it was waited for; null for none.</summary>
    public ServiceDeployment? Failed { get; private set; }

    /// <summary>Waits until the deployment is all that runs.</summary>
    /// <param name="started">From <see cref="StartAsync"/>.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="progress">Told of every look.</param>
    /// <param name="cancellationToken">Ends the waiting; the deployment goes on.</param>
    /// <exception cref="PizzaException"><c>DeploymentFailed</c>, <c>DeploymentReplaced</c>, <c>ServiceNotStable</c>;
    /// <c>AccessDeniedException</c> when the caller may not look.</exception>
    public async Task<ServiceDeployment> WaitAsync(
        ServiceDeployment started, TimeSpan patience, IProgress<ServiceProgress> progress, CancellationToken cancellationToken)
    {
        ServiceWatch watch = new(ecs, started);
        Poll poll = new(TimeProvider.System, patience, s_backoff);
        while (true)
        {
            try
            {
                if (await watch.LookAsync(progress, cancellationToken).ConfigureAwait(false) is { } stable)
                    return stable with { DurationSeconds = poll.Elapsed.TotalSeconds };
            }
            catch (PizzaException e) when (e.ErrorId == "DeploymentFailed")
            {
                Failed = watch.Seen with { Status = ChangeStatus.Failed, DurationSeconds = poll.Elapsed.TotalSeconds };
                throw;
            }
            catch (PizzaException e) when (e.Kind == PizzaErrorKind.Unavailable && !poll.IsOver)
            {
                progress.Report(new(0, 0, e.Message));   // the deployment goes on without us, and the next look may succeed
            }
            if (poll.IsOver) throw await watch.NotStableAsync(patience, cancellationToken).ConfigureAwait(false);
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads back which image the tasks of a deployment run.</summary>
    /// <param name="stable">From <see cref="WaitAsync"/>.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The deployment with what was seen, and what the caller should know of it; null when all is as asked for.</returns>
    /// <exception cref="PizzaException"><c>ImageNotDeployed</c>: the tasks run another image.</exception>
    public async Task<(ServiceDeployment Deployment, string? Remark)> ReadBackAsync(
        ServiceDeployment stable, ServiceUpdate wanted, CancellationToken cancellationToken)
    {
        try { return await new RunningImages(ecs, stable).ReadAsync(wanted, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.Unavailable)
        {
            return (stable, $"The service '{wanted.Service}' is stable, but the image that its tasks run was not read back: {e.Message}");
        }
    }

    private static PizzaException NotPutIn(ServiceUpdate wanted, PizzaException? e, string why)
    {
        string repository = ImageReference.Parse(wanted.ImageUri!).Repository.Value;
        string next =
            e is null
                ? ""
                : $" {Advice.Run("Grant-PizzaCiPolicy", repository).Switch("-IncludeDeploy").ByAnother()} grants a CI role every " +
                    "permission that a deployment needs.";
        return new(e?.ErrorId ?? "ImageNotDeployed", e?.Kind ?? PizzaErrorKind.InvalidOperation,
            $"{wanted.ImageUri} cannot be put into the task definition of the service '{wanted.Service}'. " +
            $"{why}{next} Without an image, Update-PizzaService deploys what the task definition names. Nothing was changed.",
                wanted.Service, e);
    }

    private async Task<EcsService> FindAsync(ServiceUpdate wanted, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (EcsService service in ecs.DescribeServicesAsync(wanted.Cluster, [wanted.Service], cancellationToken)
                .ConfigureAwait(false))
                if (service.Status != "INACTIVE") return service;
        }
        catch (PizzaException e) when (Missing(e, wanted) is { } missing) { throw missing; }
        throw ServiceErrors.NoService(wanted.Cluster, wanted.Service, region).With("Nothing was changed.");
    }

    private PizzaException? Missing(PizzaException e, ServiceUpdate wanted) =>
        ServiceErrors.Missing(e, wanted.Cluster, wanted.Service, region)?.With("Nothing was changed.");

}
