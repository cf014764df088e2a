namespace JwtPizza.Ecr;

/// <summary>A service of Amazon ECS that runs new tasks.</summary>
public sealed record ServiceDeployment
{
    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The service's Amazon resource name.</summary>
    public required string ServiceArn { get; init; }

    /// <summary>The region of the cluster.</summary>
    public required string Region { get; init; }

    /// <summary>Changed, since the service has a new deployment; Failed when its tasks do not run.</summary>
    public ChangeStatus Status { get; init; } = ChangeStatus.Changed;

    /// <summary>How far ECS had come with the deployment when it was last looked at: IN_PROGRESS, FAILED, or COMPLETED, when all tasks run
    /// it and the old ones are gone.</summary>
    public required string RolloutState { get; init; }

    /// <summary>The task definition that is run: <c>family:revision</c>.</summary>
    public required string TaskDefinition { get; init; }

    /// <summary>Whether that revision was registered for this deployment.</summary>
    public bool IsNewRevision { get; init; }

    /// <summary>The id by which ECS knows the deployment.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>How many tasks there are to be.</summary>
    public int DesiredCount { get; init; }

    /// <summary>How many tasks of this deployment run.</summary>
    public int RunningCount { get; init; }

    /// <summary>From the call to the end of the waiting.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>The repository whose image was deployed, if one was named.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The image that the tasks run, as they tell it; null when they were not asked, or run several.</summary>
    public string? ImageUri { get; init; }

    /// <summary>The digest of the image that the tasks pulled, as they tell it; null when they were not asked, or pulled several.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The service's name.</summary>
    public override string ToString() => Service;
}
