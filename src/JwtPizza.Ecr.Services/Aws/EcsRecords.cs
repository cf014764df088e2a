namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A service of ECS.</summary>
internal sealed record EcsService
{
    /// <summary>Its ARN.</summary>
    public required string ServiceArn { get; init; }

    /// <summary>Its name.</summary>
    public required string ServiceName { get; init; }

    /// <summary>The ARN of the task definition that it is to run.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary><c>ACTIVE</c>, <c>DRAINING</c> or <c>INACTIVE</c>, which is deleted.</summary>
    public string? Status { get; init; }

    /// <summary>How many tasks there are to be.</summary>
    public int DesiredCount { get; init; }

    /// <summary>How many tasks run, of whatever deployment.</summary>
    public int RunningCount { get; init; }

    /// <summary>What happened, the newest first.</summary>
    public IReadOnlyList<EcsEvent> Events { get; init; } = [];

    /// <summary>The primary deployment, and those that it has not replaced yet.</summary>
    public IReadOnlyList<EcsDeployment> Deployments { get; init; } = [];
}

/// <summary>What happened to a service.</summary>
/// <param name="Message">ECS's words.</param>
/// <param name="CreatedAt">When it happened.</param>
internal sealed record EcsEvent(string Message, DateTimeOffset? CreatedAt);

/// <summary>One deployment of a service.</summary>
internal sealed record EcsDeployment
{
    /// <summary>Its id, <c>ecs-svc/…</c>.</summary>
    public string? Id { get; init; }

    /// <summary><c>PRIMARY</c> for the newest, <c>ACTIVE</c> for one that still has tasks.</summary>
    public string? Status { get; init; }

    /// <summary><c>IN_PROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>; null where ECS does not roll out.</summary>
    public string? RolloutState { get; init; }

    /// <summary>ECS's words on it.</summary>
    public string? RolloutStateReason { get; init; }

    /// <summary>How many of its tasks run.</summary>
    public int RunningCount { get; init; }

    /// <summary>How many of its tasks failed one after the other.</summary>
    public int FailedTasks { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The ARN of the task definition that it runs.</summary>
    public required string TaskDefinition { get; init; }
}

/// <summary>A task.</summary>
internal sealed record EcsTask
{
    /// <summary>Its ARN.</summary>
    public required string TaskArn { get; init; }

    /// <summary>The ARN of its task definition.</summary>
    public string? TaskDefinitionArn { get; init; }

    /// <summary><c>service:NAME</c>, or <c>family:NAME</c> for a task that no service started.</summary>
    public string? Group { get; init; }

    /// <summary>The id of the deployment that started it.</summary>
    public string? StartedBy { get; init; }

    /// <summary><c>TaskFailedToStart</c>, <c>EssentialContainerExited</c>, <c>ServiceSchedulerInitiated</c> …; null while it
    /// runs.</summary>
    public string? StopCode { get; init; }

    /// <summary>ECS's words on why it stopped.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>When it stopped.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Its containers.</summary>
    public IReadOnlyList<EcsContainer> Containers { get; init; } = [];
}

/// <summary>A container of a task.</summary>
internal sealed record EcsContainer
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>The image as the task definition names it.</summary>
    public string? Image { get; init; }

    /// <summary>The digest of the manifest that was pulled; null as long as none was.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>What its program returned; null when it did not end by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>ECS's words on why it does not run.</summary>
    public string? Reason { get; init; }
}

/// <summary>A task definition.</summary>
internal sealed record EcsTaskDefinition
{
    /// <summary>Its ARN, which ends in family and revision.</summary>
    public required string TaskDefinitionArn { get; init; }

    /// <summary>When it was registered.</summary>
    public DateTimeOffset? RegisteredAt { get; init; }

    /// <summary>Its containers.</summary>
    public IReadOnlyList<EcsContainer> ContainerDefinitions { get; init; } = [];
}
