namespace JwtPizza.Ecr;

/// <summary>A service of Amazon ECS, and what it runs.</summary>
public sealed record PizzaService
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>Its cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The service's Amazon resource name.</summary>
    public required string ServiceArn { get; init; }

    /// <summary>The region of the cluster.</summary>
    public required string Region { get; init; }

    /// <summary>ACTIVE, or DRAINING while it is deleted.</summary>
    public required string Status { get; init; }

    /// <summary>How far ECS is with its newest deployment: IN_PROGRESS, FAILED or COMPLETED; null where ECS does not roll out.</summary>
    public string? RolloutState { get; init; }

    /// <summary>How many tasks there are to be.</summary>
    public int DesiredCount { get; init; }

    /// <summary>How many tasks run.</summary>
    public int RunningCount { get; init; }

    /// <summary>The task definition that is run: <c>family:revision</c>; null where the deployment controller keeps it elsewhere.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>The images as the task definition names them.</summary>
    public ValueList<string> ImageUris { get; init; } = [];

    /// <summary>The digests of the images that its running tasks pulled; null when the tasks could not be seen.</summary>
    public ValueList<string>? ImageDigests { get; init; }

    /// <summary>The repository of the image, when it is one of Amazon ECR.</summary>
    public string? RepositoryName { get; init; }

    /// <summary>The service's name.</summary>
    public override string ToString() => Service;
}
